"""A program's settings are called by their names, and what it is told is kept free of secrets."""

from pathlib import Path

import pytest

from slyflow.errors import UsageError
from slyflow.python.world import Given, surroundings


def test_given_settings_count_more_than_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLYFLOW_MAX_SESSIONS", "3")
    monkeypatch.setenv("SLYFLOW_HOME", "/nowhere")
    found = surroundings().settings("embedded", Path("here"), {"max_sessions": 5, "poll_interval": 0.5})
    assert (found.max_sessions, found.poll_interval, found.instance) == (5, 0.5, "embedded")
    assert found.home == tmp_path / "here"
    assert surroundings().settings(None, None, {}).max_sessions == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"max_session": 3}, '"max_session" is not a setting, did you mean "max_sessions"?'),
        ({"max_sessions": "none"}, 'max_sessions is "none", expected a whole number from 1'),
        ({"slots": -1}, 'slots is "-1", expected a whole number from 1, or auto'),
    ],
)
def test_wrong_settings_are_named_as_they_were_given(given: Given, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        surroundings().settings(None, None, given)
    assert caught.value.message == message


def test_an_unknown_instance_is_refused() -> None:
    with pytest.raises(UsageError, match='instance is "local", expected auto, embedded or remote'):
        surroundings().settings("local", None, {})


def test_lines_are_written_without_secrets_or_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_TOKEN", "token-of-the-environment")
    lines: list[str] = []
    listener = surroundings(lines.append).audience
    listener.hide("swordfish")
    listener.note("the word is swordfish, ", "\x1b[31mthe token token-of-the-environment")
    assert lines == ["the word is ***, the token ***"]
    assert "swordfish" not in repr(listener)


def test_nobody_is_told_anything_unless_it_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    listener = surroundings().audience
    listener.note("something")
    assert not listener.is_heard
    assert capsys.readouterr() == ("", "")
