"""Which command an app's config means, from a short list of allowed forms; nothing ever goes to a shell."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

DEFAULT_SCRIPT = "src/main.py"
REPOSITORY = "/app/repo"
_SHELL = re.compile(r"[;&|<>$`\n\r(){}*?!#\\~\x00]")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_SERVERS = frozenset({"uvicorn"})


class BadEntryPoint(ValueError):
    """The config's entry point is not one that is allowed; the message says why."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """What follows the interpreter's name, and whether the code's folder is the current one.

    `serves` = the app is an HTTP server; it gets `--host` and `--port` of ours.
    """

    arguments: tuple[str, ...]
    in_code: bool
    serves: bool = False

    def command(self, port: int) -> tuple[str, ...]:
        """Return the arguments for the interpreter."""
        return (
            (*self.arguments, "--host", "127.0.0.1", "--port", str(port)) if self.serves else self.arguments
        )


def read_entry_point(config: Mapping[str, Any], code: Path) -> EntryPoint:
    """Return the app's entry point; `code` is the folder with its code, where the script must exist.

    `entrypoint` wins over `main_script`, as in Supervisely's agent.
    """
    entry = config.get("entrypoint")
    if entry:
        if not isinstance(entry, str):
            raise BadEntryPoint("`entrypoint` is not text")
        return _parse(entry, code)
    script = config.get("main_script", config.get("mainScript")) or DEFAULT_SCRIPT
    if not isinstance(script, str):
        raise BadEntryPoint("`main_script` is not text")
    return EntryPoint((str(code / _script(script, code)),), in_code=False)


def _parse(entry: str, code: Path) -> EntryPoint:
    if found := _SHELL.search(entry):
        raise BadEntryPoint(
            f"`entrypoint` holds {found[0]!r}, which only a shell would understand; "
            "write it as `python path/to/script.py`"
        )
    try:
        words = shlex.split(entry)
    except ValueError as error:
        raise BadEntryPoint(f"`entrypoint` cannot be split into words: {error}") from error
    if words and words[0] == f"PYTHONPATH={REPOSITORY}":  # it is on the path anyway
        words = words[1:]
    if words and words[0] == "uvicorn":
        words = ["python", "-m", *words]
    if len(words) < 2 or words[0] not in ("python", "python3"):
        raise BadEntryPoint(
            f"`entrypoint` is {entry!r}, expected `python script.py …`, `python -m module …` or `uvicorn …`"
        )
    words = [word for word in words[1:2] if word != "-u"] + words[2:]
    return _module(words, code) if words and words[0] == "-m" else _run(words, code)


def _run(words: list[str], code: Path) -> EntryPoint:
    if not words or words[0].startswith("-"):
        raise BadEntryPoint(
            f"`entrypoint` gives Python the option {words[0] if words else ''!r}, expected a script"
        )
    return EntryPoint((str(_script(words[0], code)), *words[1:]), in_code=True)


def _module(words: list[str], code: Path) -> EntryPoint:
    if len(words) < 2 or not _MODULE.fullmatch(words[1]):
        raise BadEntryPoint("`entrypoint` has no module name after -m")
    module = words[1]
    if module in _SERVERS:
        return EntryPoint(("-m", module, *_without_address(words[2:])), in_code=True, serves=True)
    path = code / module.replace(".", "/")
    if not path.with_suffix(".py").is_file() and not (path / "__main__.py").is_file():
        raise BadEntryPoint(f"`entrypoint` runs the module {module}, which is not in the app's code")
    return EntryPoint(("-m", *words[1:]), in_code=True)


def _without_address(words: list[str]) -> list[str]:
    """Drop `--host` and `--port`: an app listens where we say, on loopback."""
    kept: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("--host", "--port", "--uds", "--fd"):
            skip = True
        elif not word.startswith(("--host=", "--port=", "--uds=", "--fd=")):
            kept.append(word)
    return kept


def _script(text: str, code: Path) -> PurePosixPath:
    """Return the script's path relative to the code, which it must not leave."""
    path = PurePosixPath(text.removeprefix(f"{REPOSITORY}/"))
    if path.is_absolute() or ".." in path.parts:
        raise BadEntryPoint(f"the script {text!r} is outside the app's own code")
    if path.suffix != ".py":
        raise BadEntryPoint(f"the script {text!r} is no Python file")
    found = code / path
    if not found.is_file() or (_has_links(path, code) and not _stays_inside(found, code)):
        raise BadEntryPoint(f"the script {text!r} does not exist in the app's code")
    return path


def _has_links(path: PurePosixPath, code: Path) -> bool:
    return any((code / part).is_symlink() for part in (path, *path.parents[:-1]))


def _stays_inside(found: Path, code: Path) -> bool:
    return found.resolve().is_relative_to(code.resolve())
