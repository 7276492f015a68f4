"""Secrets in events: taken out of foreign text, and of nothing else."""

from dataclasses import fields
from typing import get_args

import pytest

from slyflow.engine.codec import decode, encode
from slyflow.engine.redaction import masked, without_secrets
from slyflow.model import event as events
from slyflow.model.artifact import Artifact, Computed, Kind, Output
from slyflow.model.pipeline import FailureKind
from slyflow.model.run import Failure, StepResult, StepStatus
from slyflow.secret import Redactor, Secret
from tests.engine.test_codec import EXAMPLES

SECRET = 'hunter2"x'


def redactor(*values: str) -> Redactor:
    return Redactor(map(Secret, values))


def journalled(event: events.Event, *secrets: str) -> events.Event:
    """Return the event as it comes back from a journal."""
    return decode(*encode(without_secrets(event, redactor(*secrets))))


def test_what_holds_no_secret_is_the_same_object() -> None:
    for event in EXAMPLES:
        assert without_secrets(event, redactor(SECRET)) is event


LOOKALIKES = ["steps", "1234", "sf-0123456789", "app_session", "abcdef", "output", "started", "true", "value"]


@pytest.mark.parametrize("secret", LOOKALIKES)
def test_a_secret_that_looks_like_a_part_of_ours_damages_nothing(secret: str) -> None:
    outputs: dict[str, Output | None] = {
        secret: Artifact(Kind.PROJECT, 1234, name="n", url="/projects/1234/datasets"),
        "n": Computed(1234),
        "b": Computed(True),
    }
    mine: list[events.Event] = [
        events.LaunchIntended(secret, 1, "sf-0123456789", "abcdef", 1234, {"project": (1234,)}),
        events.LaunchAccepted(secret, 1, 1234, "reply"),
        events.EdgeIntended(secret, 1, (1234, "output", "app_session", "1234")),
        events.OutputsFound(secret, 1, outputs),
        events.StepEnded(secret, StepResult(StepStatus.SUCCEEDED, outputs, session_id=1234)),
    ]
    for event in mine:
        assert journalled(event, secret) == event


@pytest.mark.parametrize(
    "event",
    [
        events.Warned(f"the password is {SECRET}!"),
        events.LaunchNotSent("s", 1, SECRET),
        events.RunInterrupted(SECRET),
        events.RunCancelled(SECRET),
        events.StopRequested("s", 1, Failure(FailureKind.STALLED, SECRET)),
        events.AttemptFailed("s", 1, Failure(FailureKind.ERROR, SECRET), 1.0),
        events.EdgeFailed("s", 1, (1, "output", "folder", f"/{SECRET}"), SECRET),
        events.EdgeIntended("s", 1, (1, "output", "folder", f"/{SECRET}")),
        events.EdgeWritten("s", 1, (1, "output", "folder", f"/{SECRET}"), "reply"),
        events.OutputsFound("s", 1, {"v": Computed({"a": [SECRET], SECRET: 1})}),
        events.OutputsFound("s", 1, {"f": Artifact(Kind.FOLDER, path=f"/{SECRET}", url=f"/files/{SECRET}")}),
        events.StepEnded("s", StepResult(StepStatus.FAILED, failure=Failure(FailureKind.ERROR, SECRET))),
        events.StepEnded("s", StepResult(StepStatus.SUCCEEDED, {"v": Computed(SECRET)})),
        events.LaunchIntended("s", 1, "sf-x", "ab", 1, {}, {"in": Artifact(Kind.FILE, 1, f"/{SECRET}")}),
        events.RunClosed(0, {"o": {"deep": SECRET}}),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_foreign_text_is_cleaned(event: events.Event) -> None:
    _, text = encode(without_secrets(event, redactor(SECRET)))
    assert "***" in text
    assert "hunter2" not in text


def test_params_are_cleaned_and_the_file_is_kept() -> None:
    (created,) = (event for event in EXAMPLES if isinstance(event, events.RunCreated))
    event = events.RunCreated(
        **{one.name: getattr(created, one.name) for one in fields(created)}
        | {"params": {"p": SECRET, "q": "plain"}, "source": f"# {SECRET}\nslyflow: 1\n"}
    )
    back = journalled(event, SECRET)
    assert isinstance(back, events.RunCreated)
    assert back.params == {"p": "***", "q": "plain"}
    assert back.hidden == ("p",)
    assert back.source == event.source


def test_what_a_resume_does_not_know_whole_is_named() -> None:
    outputs: dict[str, Output | None] = {"a": Computed(SECRET), "b": Computed("plain"), "c": None}
    found = journalled(events.OutputsFound("s", 1, outputs), SECRET)
    assert isinstance(found, events.OutputsFound)
    assert found.hidden == ("a",)
    ended = journalled(events.StepEnded("s", StepResult(StepStatus.SUCCEEDED, outputs)), SECRET)
    assert isinstance(ended, events.StepEnded)
    assert ended.result.hidden == ("a",)


def test_an_id_in_an_edge_is_no_text() -> None:
    assert masked((7, "output", "project", "1234"), redactor("1234")) == (7, "output", "project", "1234")
    assert masked((7, "output", "folder", "/a/1234"), redactor("1234")) == (7, "output", "folder", "/a/***")


def test_every_event_that_carries_free_text_is_considered() -> None:
    """A new event must be added to the table, or to those that carry only names and numbers of ours."""
    from slyflow.engine.redaction import _FOREIGN

    plain = {
        events.StepStarted,
        events.LaunchSent,
        events.LaunchAccepted,
        events.LaunchResolved,
        events.DuplicateFound,
        events.DuplicateEnded,
        events.SessionChanged,
        events.SessionEnded,
        events.SessionRecovered,
        events.RunResumed,
    }
    assert set(get_args(events.Event)) - set(_FOREIGN) == plain
