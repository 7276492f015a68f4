"""A command line of plain words, read without argparse, which takes longer to import than a check takes."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from slyflow.cli.command import COMMANDS, find

if TYPE_CHECKING:
    import argparse


def read(argv: Sequence[str]) -> "argparse.Namespace | None":
    """Return what argparse would make of `COMMAND WORD…` and of `--version`, None for any other line."""
    if list(argv) == ["--version"]:
        return _namespace(command=None, version=True)
    if not argv or argv[0] not in COMMANDS or any(word.startswith("-") for word in argv):
        return None
    declared = _Declared()
    try:
        find(argv[0]).add_arguments(cast("argparse.ArgumentParser", declared))
    except _Unknown:
        return None
    found = declared.match(argv[1:])
    return None if found is None else _namespace(command=argv[0], version=False, **found)


def _namespace(**values: object) -> "argparse.Namespace":
    return cast("argparse.Namespace", SimpleNamespace(**values))


class _Unknown(Exception):
    """A command declares something that only argparse understands."""


class _Declared:
    """Takes a command's declarations in place of an argparse parser."""

    def __init__(self) -> None:
        self._words: list[tuple[str, object]] = []
        self._values: dict[str, object] = {}

    def add_argument(
        self,
        *names: str,
        dest: str | None = None,
        nargs: str | None = None,
        action: str = "store",
        default: object = None,
        type: object = None,  # noqa: A002  # argparse's name
        required: bool = False,
        choices: object = None,
        **_: Any,
    ) -> None:
        """Take one declaration; what only speaks of options with their values is passed over."""
        if type is not None or required or (choices is not None and not names[0].startswith("-")):
            raise _Unknown
        if not names[0].startswith("-"):
            self._words.append((names[0], nargs))
        else:
            name = dest or names[-1].removeprefix("--").replace("-", "_")
            self._values[name] = False if action == "store_true" else default

    def add_subparsers(self, **_: Any) -> "argparse.Action":
        raise _Unknown

    def match(self, words: Sequence[str]) -> dict[str, object] | None:
        """Return the values of all arguments, None when the words are not what is declared."""
        match self._words:
            case [(name, "+")] if words:
                return {**self._values, name: list(words)}
            case declared if len(declared) == len(words) and all(nargs is None for _, nargs in declared):
                return {
                    **self._values,
                    **{name: word for (name, _), word in zip(declared, words, strict=True)},
                }
            case _:
                return None
