"""Nothing that is printed gives orders to a CI system."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.cli import ci


def _obeyed(text: str) -> bool:
    """What GitHub's runner, TeamCity and Azure look for, written down independently of `ci`."""
    lines = text.split("\n")
    return any(line.lstrip().startswith("::") for line in lines) or bool(re.search(r"##[a-z]*\[", text))


@pytest.mark.parametrize(
    "text",
    [
        "::set-env name=PATH::/evil",
        "  ::stop-commands::x",
        "fine\n::add-mask::a",
        "##[error]no",
        "words ##[set-env name=A]b",
        "##teamcity[buildStop]",
        "##vso[task.complete]",
        "####[x]",
    ],
)
def test_a_workflow_command_becomes_text(text: str) -> None:
    assert _obeyed(text)
    assert not _obeyed(ci.defuse(text))


def test_ordinary_lines_stay_as_they_are() -> None:
    for text in ("std::vector", "a :: b", "## Title", "# [x]", ""):
        assert ci.defuse(text) == text


@given(st.text(alphabet=":# [a\n\t", max_size=30))
def test_no_text_survives_as_a_command(text: str) -> None:
    assert not _obeyed(ci.defuse(text))


def test_a_json_document_keeps_its_meaning() -> None:
    document = {"message": "##[error]x", "##": "###"}
    text = ci.defuse_json(json.dumps(document))
    assert "##" not in text
    assert json.loads(text) == document


def test_a_ci_system_is_recognised() -> None:
    assert ci.runs_here({"GITHUB_ACTIONS": "true"})
    assert not ci.runs_here({"GITHUB_ACTIONS": "", "HOME": "x"})
