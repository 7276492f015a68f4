"""Events as JSON and back."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.engine.codec import decode, decode_all, encode
from slyflow.errors import StoreError
from slyflow.model import event as events
from slyflow.model.artifact import Artifact, Computed, Kind
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Workspace
from slyflow.model.node import EdgeKey
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.model.session import Status

FAILURE = Failure(FailureKind.RUN_TIMEOUT, "it ran for 1h 00m")
KEY: EdgeKey = (7, "output", "folder", "/a b")
APP = App("o/r", 3, "v1.0.0", "R", Interface(("files_folder",), {"a": [1, None]}, True, True), True)
OUTPUTS: dict[str, Artifact | Computed | None] = {
    "p": Artifact(Kind.PROJECT, 1, None, "n", "/x"),
    "v": Computed({"a": None}),
    "n": Computed(None),
    "o": None,
}
EXAMPLES: list[events.Event] = [
    events.RunCreated(
        run_id="r",
        pipeline="p",
        path="p.yaml",
        source="slyflow: 1\n",
        files={"a": "b"},
        params={"x": None, "y": [1, "é"]},
        instance_url="http://127.0.0.1:1",
        home_instance=True,
        secret_hex="00",
        slyflow_version="0",
        started_at="2026-01-01T00:00:00Z",
        max_sessions=8,
        apps={"s": APP},
        workspaces={"s": Workspace(1, 2, 3)},
        agents={"s": None, "t": 4},
    ),
    events.LaunchIntended(
        "s", 1, "sf-x", "ab", 9, {"project": (1, 2)}, {"in": Artifact(Kind.FOLDER, path="/a")}
    ),
    events.LaunchSent("s", 1, 2),
    events.LaunchNotSent("s", 1, "why"),
    events.LaunchAccepted("s", 1, 5, "adopted"),
    events.LaunchNotSent("s", 1, "why", is_certain=False),
    events.LaunchResolved("s", 1, 6),
    events.LaunchResolved("s", 1, None),
    events.DuplicateFound("s", 1, 6),
    events.DuplicateEnded("s", 1, 6, Status.STOPPED),
    events.SessionRecovered("s", 1, 6, "sf-x"),
    events.SessionChanged("s", 1, Status.STARTED),
    events.StopRequested("s", 1, FAILURE),
    events.SessionEnded("s", 1, Status.STOPPED),
    events.OutputsFound("s", 1, OUTPUTS),
    events.EdgeIntended("s", 1, KEY),
    events.EdgeWritten("s", 1, KEY, "app"),
    events.EdgeFailed("s", 1, KEY, "no"),
    events.AttemptFailed("s", 1, FAILURE, 1.5),
    events.StepStarted("s"),
    events.StepEnded("s", StepResult(StepStatus.SUCCEEDED, OUTPUTS, session_id=5)),
    events.StepEnded("s", StepResult(StepStatus.SKIPPED, reason="its condition is false")),
    events.Warned("w", None),
    events.Warned("w", "s"),
    events.RunInterrupted("r"),
    events.RunCancelled("r"),
    events.RunResumed("0"),
    events.RunResumed("0", "http://127.0.0.1:2", 7),
    events.RunClosed(3, {"a": {"b": [1]}}),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: type(event).__name__)
def test_every_event_comes_back_as_it_was(event: events.Event) -> None:
    assert decode(*encode(event)) == event


def test_every_kind_of_event_is_among_the_examples() -> None:
    assert {type(event) for event in EXAMPLES} == set(get_args(events.Event))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_any_json_comes_back_as_it_was(value: object) -> None:
    event = events.OutputsFound("s", 1, {"v": Computed(json.loads(json.dumps(value)))})
    assert decode(*encode(event)) == event


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(StoreError, match="does not know"):
        decode("Surprise", "{}")


@pytest.mark.parametrize("text", ["{", "[]", '{"step": "a"}', '{"step": 1, "attempt": 1, "status": "odd"}'])
def test_a_damaged_event_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="damaged"):
        decode("SessionEnded", text)


@pytest.mark.parametrize("damage", ["", "{", '{"step": "a"}, {"step": "b"}', "null"])
def test_a_damaged_event_among_others_is_refused(damage: str) -> None:
    good = [encode(events.StepStarted("a")), encode(events.Warned("w"))]
    assert decode_all(good) == [events.StepStarted("a"), events.Warned("w")]
    with pytest.raises(StoreError, match="damaged event StepStarted"):
        decode_all([good[0], ("StepStarted", damage), good[1]])
