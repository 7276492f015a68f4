"""Settings: what does not belong in a pipeline, from flags, environment, `slyflow.toml` or defaults."""

import os
import stat
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeVar

from slyflow.errors import UsageError
from slyflow.record import record
from slyflow.repository import nearest
from slyflow.text import did_you_mean, parse_duration

if TYPE_CHECKING:
    from pathlib import Path

FILE = "slyflow.toml"
AUTO = "auto"
_FILE_LIMIT = 64 * 1024
# Variables with our prefix that are not settings.
_OTHER_VARIABLES = frozenset({"SLYFLOW_DEBUG"})

Where = Literal["auto", "embedded", "remote"]
Color = Literal["auto", "always", "never"]
OnInterrupt = Literal["leave", "stop"]
Value = TypeVar("Value")


@record(frozen=True)
class Setting:
    """How one setting is named, explained and preset."""

    name: str
    metavar: str
    default: str
    help: str

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return "SLYFLOW_" + self.name.upper()


SETTINGS: Mapping[str, Setting] = {
    name: Setting(name, metavar, default, text)
    for name, metavar, default, text in (
        ("ca_file", "FILE", AUTO, "certificates to trust instead of the system's"),
        ("color", "WHEN", AUTO, "colours: auto, always or never"),
        ("home", "DIR", ".slyflow", "folder of runs and of the embedded instance"),
        ("instance", "WHICH", AUTO, "embedded, remote, or auto: remote when there are credentials"),
        ("launch_window", "TIME", AUTO, "how long a launch of unknown outcome is looked for"),
        ("max_sessions", "N", "8", "sessions of one run at once"),
        ("on_interrupt", "WHAT", "leave", "leave sessions running at a first signal, or stop them"),
        ("poll_interval", "TIME", AUTO, "shortest time between two looks at the sessions"),
        ("port", "N", "0", "port of `slyflow serve`, 0 for any free one"),
        ("request_timeout", "TIME", AUTO, "how long the instance may take to answer one request"),
        ("slots", "N", AUTO, "sessions the embedded instance runs at once, auto: one for each core"),
        ("unreachable_after", "TIME", AUTO, "how long an instance may be out of reach"),
    )
}


@record(frozen=True)
class Origin:
    """Where a value came from; `place` is the flag, variable or file as a person knows it."""

    source: Literal["flag", "environment", "file", "default"]
    place: str


@record(frozen=True)
class Settings:
    """The values in force, durations in seconds; None means that slyflow chooses.

    `texts` are the values as a person reads them, `origins` where they came from, both by name.
    """

    color: Color
    instance: Where
    launch_window: float | None
    max_sessions: int
    on_interrupt: OnInterrupt
    poll_interval: float | None
    port: int
    request_timeout: float | None
    slots: int | None
    unreachable_after: float | None
    texts: Mapping[str, str]
    origins: Mapping[str, Origin]

    @property
    def ca_file(self) -> "Path | None":
        """The certificates to trust instead of the system's."""
        return None if self.texts["ca_file"] == AUTO else _path(self.texts["ca_file"])

    @property
    def home(self) -> "Path":
        """The folder of runs and of the embedded instance."""
        return _path(self.texts["home"])

    @property
    def runs(self) -> "Path":
        """The folder that holds one folder for each run."""
        return self.home / "runs"

    @property
    def embedded(self) -> "Path":
        """The embedded instance's own folder."""
        return self.home / "instance"


def _path(text: str) -> "Path":
    # A command that touches no path of a setting need not pay for importing it.
    from pathlib import Path

    return Path(text)


def load(
    flags: Mapping[str, str],
    environ: Mapping[str, str],
    cwd: str,
    *,
    known_as: Callable[[Setting], str] = lambda setting: setting.flag,
) -> Settings:
    """Return the settings in force: flag, then environment, then the file, then the default.

    `cwd` is absolute. A relative path counts from it, one in the file from the file's folder. `known_as`
    tells what a person calls a flag. UsageError when a value is wrong or the file has an unknown key.
    """
    given = _Given(flags, environ, cwd, known_as)
    given.path_or_auto("ca_file")
    given.path("home")
    return Settings(
        color=given.choice("color", ("auto", "always", "never")),
        instance=given.choice("instance", ("auto", "embedded", "remote")),
        launch_window=given.seconds_or_auto("launch_window"),
        max_sessions=given.read("max_sessions", _count, _A_COUNT),
        on_interrupt=given.choice("on_interrupt", ("leave", "stop")),
        poll_interval=given.seconds_or_auto("poll_interval"),
        port=given.read("port", _port, "a port number, 0 for any free one"),
        request_timeout=given.seconds_or_auto("request_timeout"),
        slots=given.count_or_auto("slots"),
        unreachable_after=given.seconds_or_auto("unreachable_after"),
        texts=given.texts,
        origins=given.origins,
    )


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each SLYFLOW_ variable that is no setting."""
    known = {setting.variable for setting in SETTINGS.values()} | _OTHER_VARIABLES
    unknown = sorted(name for name in environ if name.startswith("SLYFLOW_") and name not in known)
    return [f"{name} is not a setting{did_you_mean(name, known)}" for name in unknown]


_A_COUNT = "a whole number from 1"


def _count(text: str) -> int | None:
    count = int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else 0
    return count or None


def _port(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal() and len(text) <= 5):
        return None
    return int(text) if int(text) < 65536 else None


def _seconds(text: str) -> float | None:
    return parse_duration(text) or parse_duration(text + "s") or None


class _Given:
    """Every place a setting may be given in, looked at in order."""

    def __init__(
        self,
        flags: Mapping[str, str],
        environ: Mapping[str, str],
        cwd: str,
        known_as: Callable[[Setting], str],
    ) -> None:
        self.texts: dict[str, str] = {}
        self.origins: dict[str, Origin] = {}
        self._flags = flags
        self._environ = environ
        self._cwd = cwd
        self._known_as = known_as
        self._file = find_file(cwd)
        self._written = _read_file(self._file) if self._file else {}

    def read(self, name: str, parse: Callable[[str], Value | None], expected: str) -> Value:
        """Return the parsed value; UsageError saying what was expected where it cannot be parsed."""
        text = self._pick(name)
        value = parse(text)
        if value is None:
            raise UsageError(f'{self._place(name)} is "{text}", expected {expected}')
        return value

    def choice(self, name: str, words: tuple[Value, ...]) -> Value:
        """Return the one of `words` that was given."""
        *first, last = (str(word) for word in words)
        expected = f"{', '.join(first)} or {last}"
        return self.read(name, lambda text: next((word for word in words if word == text), None), expected)

    def count_or_auto(self, name: str) -> int | None:
        return None if self._pick(name) == AUTO else self.read(name, _count, f"{_A_COUNT}, or auto")

    def seconds_or_auto(self, name: str) -> float | None:
        if self._pick(name) == AUTO:
            return None
        return self.read(name, _seconds, "a duration such as 2s, 5m or 1h, or auto")

    def path_or_auto(self, name: str) -> None:
        if self._pick(name) != AUTO:
            self.path(name)

    def path(self, name: str) -> None:
        """Make the path absolute; links in it are not followed."""
        text = self.read(name, lambda text: None if "\0" in text else text or None, "a path")
        in_file = self._file is not None and self.origins[name].source == "file"
        base = os.path.dirname(self._file) if in_file and self._file else self._cwd  # noqa: PTH120  # as in _path
        parts = [] if text.startswith("/") else base.split("/")
        self.texts[name] = "/" + "/".join(
            part for part in [*parts, *text.split("/")] if part not in ("", ".")
        )

    def _pick(self, name: str) -> str:
        """Return the text that counts, and take note of where it stands."""
        setting = SETTINGS[name]
        if name in self._flags:
            text, origin = self._flags[name], Origin("flag", self._known_as(setting))
        elif setting.variable in self._environ:
            text, origin = self._environ[setting.variable], Origin("environment", setting.variable)
        elif name in self._written:
            text, origin = self._written[name], Origin("file", str(self._file))
        else:
            text, origin = setting.default, Origin("default", "default")
        self.texts[name], self.origins[name] = text, origin
        return text

    def _place(self, name: str) -> str:
        origin = self.origins[name]
        return f"{name} in {origin.place}" if origin.source == "file" else origin.place


def find_file(cwd: str) -> str | None:
    """Return the nearest `slyflow.toml` from `cwd` up to the root of its repository."""
    return nearest(FILE, cwd)


def _read_file(file: str) -> Mapping[str, str]:
    """Return the file's keys with their values as text."""
    import tomllib  # only paid for where there is such a file

    path = _path(file)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UsageError(f"{path} is not a regular file")
        with path.open("rb") as stream:
            content = stream.read(_FILE_LIMIT + 1)
        if len(content) > _FILE_LIMIT:
            raise UsageError(f"{path} is longer than {_FILE_LIMIT} bytes")
        table = tomllib.loads(content.decode())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from error
    return {key: _text(path, key, value) for key, value in table.items()}


def _text(path: "Path", key: str, value: object) -> str:
    if key not in SETTINGS:
        raise UsageError(
            f'unknown key "{key}" in {path}{did_you_mean(key, SETTINGS)}',
            hint="`slyflow settings` lists every setting",
        )
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{key} in {path} is {type(value).__name__}, expected a string or a number")
    return str(value)
