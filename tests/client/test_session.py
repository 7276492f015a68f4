"""Sessions as instances tell them, in either shape and with pieces missing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.session import read_session
from slyflow.errors import BadReply
from slyflow.model.session import Status

INFO: dict[str, Any] = {
    "id": "7",
    "status": "started",
    "workspaceId": "3",
    "createdBy": 2,
    "description": "nightly",
    "meta": {"name": "Train", "app": {"id": 5, "moduleId": 81}},
}
STARTED = {"taskId": 7, "userId": 2, "moduleId": 81, "appId": 5}


def test_both_shapes_are_the_same_session() -> None:
    told, started = read_session(INFO, "x"), read_session(STARTED, "x")
    assert (told.id, told.module_id, told.created_by) == (7, 81, 2)
    assert (started.id, started.module_id, started.created_by) == (7, 81, 2)
    assert (told.status, started.status) == (Status.STARTED, Status.UNKNOWN)
    assert (told.workspace_id, told.marker_text) == (3, "Train\nnightly")


def test_a_session_that_tells_who_made_it_as_user_is_read() -> None:
    row = {name: value for name, value in INFO.items() if name != "createdBy"} | {"userId": 4}
    assert read_session(row, "tasks.info").created_by == 4


@pytest.mark.parametrize("row", [{}, {"id": None}, {"taskId": "x"}, {"id": True}])
def test_a_session_without_an_id_is_a_bad_reply(row: Any) -> None:
    with pytest.raises(BadReply, match=r"tasks\.info"):
        read_session(row, "tasks.info")


ID = st.integers(1, 2**63 - 1)


@given(
    ID, ID, ID, st.sampled_from([*(status.value for status in Status), "resting", "", None, 5]), st.booleans()
)
def test_ids_count_as_numbers_and_as_text_in_either_shape(
    session_id: int,
    module_id: int,
    user_id: int,
    status: Any,
    as_text: bool,  # noqa: FBT001 - drawn
) -> None:
    ids: list[Any] = [str(number) if as_text else number for number in (session_id, module_id, user_id)]
    told = {"id": ids[0], "createdBy": ids[2], "status": status, "meta": {"app": {"moduleId": ids[1]}}}
    started = {"taskId": ids[0], "moduleId": ids[1], "userId": ids[2], "status": status}
    for row in (told, started):
        session = read_session(row, "x")
        assert (session.id, session.module_id, session.created_by) == (session_id, module_id, user_id)
        assert session.status is Status.read(status)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(sorted({*INFO, *STARTED} - {"id"})), JSON))
def test_no_session_is_too_odd_to_read(row: dict[str, Any]) -> None:
    session = read_session({**row, "id": 7}, "x")
    assert session.id == 7
    assert session.status in set(Status)
    assert isinstance(session.output, dict)
