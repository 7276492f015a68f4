"""Settings: precedence, places, and what is said of wrong ones."""

from pathlib import Path

import pytest

from slyflow import settings
from slyflow.errors import UsageError


def test_defaults_need_no_file_and_no_environment(tmp_path: Path) -> None:
    found = settings.load({}, {}, str(tmp_path))
    assert (found.max_sessions, found.instance, found.slots, found.port) == (8, "auto", None, 0)
    assert found.home == tmp_path / ".slyflow"
    assert {origin.source for origin in found.origins.values()} == {"default"}


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    (tmp_path / "slyflow.toml").write_text('max_sessions = 2\nslots = 3\ncolor = "never"\n')
    environ = {"SLYFLOW_MAX_SESSIONS": "4", "SLYFLOW_SLOTS": "5"}
    found = settings.load({"max_sessions": "6"}, environ, str(tmp_path))
    assert (found.max_sessions, found.slots, found.color, found.port) == (6, 5, "never", 0)
    places = {name: found.origins[name].place for name in ("max_sessions", "slots", "color", "port")}
    assert places == {
        "max_sessions": "--max-sessions",
        "slots": "SLYFLOW_SLOTS",
        "color": str(tmp_path / "slyflow.toml"),
        "port": "default",
    }


def test_every_setting_can_be_given_in_the_environment_and_in_the_file(tmp_path: Path) -> None:
    values = {
        "ca_file": "certs.pem",
        "color": "always",
        "home": "elsewhere",
        "instance": "embedded",
        "launch_window": "90s",
        "max_sessions": "3",
        "on_interrupt": "stop",
        "poll_interval": "0.5",
        "port": "8080",
        "request_timeout": "20s",
        "slots": "2",
        "unreachable_after": "1h",
    }
    assert set(values) == set(settings.SETTINGS)
    environ = {settings.SETTINGS[name].variable: value for name, value in values.items()}
    (tmp_path / "slyflow.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in values.items()))
    from_environment = settings.load({}, environ, str(tmp_path))
    from_file = settings.load({}, {}, str(tmp_path))
    assert from_environment.texts == from_file.texts
    assert from_file.launch_window == 90.0
    assert from_file.poll_interval == 0.5
    assert from_file.unreachable_after == 3600.0
    assert from_file.ca_file == tmp_path / "certs.pem"
    assert {origin.source for origin in from_file.origins.values()} == {"file"}


def test_a_path_in_the_file_counts_from_the_file(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "slyflow.toml").write_text('home = "state"\n')
    inner = tmp_path / "pipelines" / "deep"
    inner.mkdir(parents=True)
    assert settings.load({}, {}, str(inner)).home == tmp_path / "state"
    assert settings.load({}, {"SLYFLOW_HOME": "state"}, str(inner)).home == inner / "state"


def test_a_file_above_the_repository_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "slyflow.toml").write_text("slots = 7\n")
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    assert settings.find_file(str(tmp_path / "repository")) is None


def test_outside_a_repository_only_the_working_directory_counts(tmp_path: Path) -> None:
    (tmp_path / "slyflow.toml").write_text("slots = 7\n")
    (tmp_path / "inner").mkdir()
    assert settings.find_file(str(tmp_path)) == str(tmp_path / "slyflow.toml")
    assert settings.find_file(str(tmp_path / "inner")) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("max_sesions = 2\n", 'unknown key "max_sesions" in FILE, did you mean "max_sessions"?'),
        ("slots = true\n", "slots in FILE is bool, expected a string or a number"),
        ("slots = [1]\n", "slots in FILE is list, expected a string or a number"),
        ("slots = 0\n", 'slots in FILE is "0", expected a whole number from 1, or auto'),
        ("slots = \n", "FILE is not TOML: "),
        ("\udcff", "FILE is not UTF-8"),
        ("# " + "x" * 70000, "FILE is longer than 65536 bytes"),
    ],
)
def test_a_wrong_file_is_named_with_what_was_expected(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "slyflow.toml"
    file.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(UsageError) as caught:
        settings.load({}, {}, str(tmp_path))
    assert caught.value.message.startswith(message.replace("FILE", str(file)))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("port", "65536", "a port number, 0 for any free one"),
        ("port", "-1", "a port number, 0 for any free one"),
        ("max_sessions", "0", "a whole number from 1"),
        ("max_sessions", "٣", "a whole number from 1"),
        ("max_sessions", "auto", "a whole number from 1"),
        ("instance", "local", "auto, embedded or remote"),
        ("color", "", "auto, always or never"),
        ("poll_interval", "fast", "a duration such as 2s, 5m or 1h, or auto"),
        ("poll_interval", "0", "a duration such as 2s, 5m or 1h, or auto"),
        ("home", "", "a path"),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, name: str, text: str, expected: str) -> None:
    variable = settings.SETTINGS[name].variable
    with pytest.raises(UsageError) as caught:
        settings.load({}, {variable: text}, str(tmp_path))
    assert caught.value.message == f'{variable} is "{text}", expected {expected}'


def test_a_file_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "slyflow.toml").mkdir()
    with pytest.raises(UsageError, match="not a regular file"):
        settings.load({}, {}, str(tmp_path))


def test_a_mistyped_variable_is_pointed_out() -> None:
    assert settings.unknown_variables({"SLYFLOW_HOEM": "x", "SLYFLOW_DEBUG": "1", "HOME": "x"}) == [
        'SLYFLOW_HOEM is not a setting, did you mean "SLYFLOW_HOME"?'
    ]
