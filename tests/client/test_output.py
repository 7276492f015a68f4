"""What sessions say that they made, read from any JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.output import GeneralOutput, ProjectOutput, SessionOutput, read_output
from slyflow.model.session import Session, Status
from tests.client.test_session import JSON


def session(output: Any) -> Session:
    return Session(5, Status.FINISHED, info={"meta": {"output": output}})


def test_every_form_is_read() -> None:
    general = {
        "icon": {"className": "zmdi zmdi-archive"},
        "title": "a.tar",
        "titleUrl": "/files/17",
        "download": True,
        "description": "Download archive",
        "showLogs": True,
        "isError": True,
    }
    raw: dict[str, Any] = {
        "project": {"id": "11", "title": "Lemons", "preview": "https://example.com/a"},
        "general": general,
        "experiment": {"data": {"checkpoints": ["a"]}},
        "more": 1,
    }
    assert read_output(session(raw)) == SessionOutput(
        ProjectOutput(11, "Lemons", "https://example.com/a"),
        GeneralOutput(
            "a.tar", "Download archive", "/files/17", 17, downloads=True, shows_log=True, is_error=True
        ),
        {"checkpoints": ["a"]},
        raw,
    )


def test_a_session_that_says_nothing_has_an_empty_output() -> None:
    assert read_output(Session(5, Status.STARTED)) == SessionOutput()


@pytest.mark.parametrize(
    ("url", "file_id"),
    [
        ("/files/17", 17),
        ("/files/x", None),
        ("/teams_storage/files/17", None),
        ("/files/0", None),
        (None, None),
    ],
)
def test_a_file_is_known_from_its_page_alone(url: str | None, file_id: int | None) -> None:
    general = read_output(session({"general": {"titleUrl": url}})).general
    assert general is not None
    assert general.file_id == file_id


@given(st.dictionaries(st.sampled_from(["project", "general", "experiment"]), JSON))
def test_no_output_is_an_error(output: Any) -> None:
    read = read_output(session(output))
    assert read.raw == output
    assert read.project is None or read.project.id > 0
    assert read.general is None or isinstance(read.general.is_error, bool)
