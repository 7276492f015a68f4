"""The recorder sees what is sent, and tells every difference, so that the comparisons can fail."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.differences import EVERYWHERE
from tests.conformance.recorder import (
    ABSENT,
    Both,
    Case,
    Difference,
    Found,
    Recorder,
    unlisted,
    unseen,
    untold,
)

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def recorder(record: Callable[[Any], Recorder]) -> Recorder:
    return record(
        {"tasks.info": lambda body: {"id": body["id"], "status": "started"}, "instance.version": b"{}"}
    )


def test_the_same_call_differs_in_headers_only(recorder: Recorder, tmp_path: Path) -> None:
    both = look(recorder, tmp_path, {"id": 7})
    assert [request.json for request in both.theirs + both.ours] == [{"id": 7}, {"id": 7}]
    assert unlisted(both.differences(), EVERYWHERE) == []
    assert unseen(both.differences(), EVERYWHERE) == []
    assert both.their_result == both.our_result == {"id": 7, "status": "started"}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"id": 8}, Found("tasks.info", "body.id", 7, 8)),
        ({"id": "7"}, Found("tasks.info", "body.id", 7, "7")),
        ({"id": True}, Found("tasks.info", "body.id", 7, True)),
        ({"id": 7, "deep": {"x": None}}, Found("tasks.info", "body.deep.x", ABSENT, None)),
    ],
    ids=str,
)
def test_another_body_is_a_difference(
    recorder: Recorder, tmp_path: Path, body: dict[str, Any], found: Found
) -> None:
    differences = look(recorder, tmp_path, body).differences()
    assert unlisted(differences, EVERYWHERE) == [found]
    told = Difference(found.method, found.place, "a reason", found.theirs, found.ours)
    assert unlisted(differences, [*EVERYWHERE, told]) == []
    assert unseen(look(recorder, tmp_path, {"id": 7}).differences(), [told]) == [told]


def test_a_request_of_one_side_alone_is_a_difference(recorder: Recorder, tmp_path: Path) -> None:
    case = Case("task.get_info_by_id", {"id": 7}, lambda instance: instance.version)
    differences = recorder.both(case, tmp_path).differences()
    assert Found("tasks.info", "request", "sent", ABSENT) in differences
    assert Found("instance.version", "request", ABSENT, "sent") in differences


def test_options_that_no_case_gives_are_told(recorder: Recorder) -> None:
    case = Case("task.get_context", {}, lambda instance: None)
    assert untold(recorder.sdk.Api(recorder.url, "x"), [case]) == {"task.get_context(id)"}


def look(recorder: Recorder, scratch: Path, body: dict[str, Any]) -> Both:
    return recorder.both(
        Case("task.get_info_by_id", {"id": 7}, lambda instance: instance.transport.call("tasks.info", body)),
        scratch,
    )
