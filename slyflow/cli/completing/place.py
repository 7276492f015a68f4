"""Where the cursor stands in the grammar: the option or argument whose value is typed there."""

import argparse
from collections.abc import Iterator, Mapping, Sequence

from slyflow.cli.command import COMMANDS
from slyflow.cli.completing.offer import Offer
from slyflow.cli.parser import parser_of

Given = dict[str, list[str]]
"""The values before the cursor, by destination."""
_SEVERAL = ("*", "+")


class Place:
    """A command line read as far as the cursor; what is wrong before it is passed over."""

    def __init__(self, words: Sequence[str]) -> None:
        self.command = words[0] if words and words[0] in COMMANDS else None
        self.given: Given = {}
        self._options: Mapping[str, argparse.Action] = {}
        self._words: list[argparse.Action] = []
        self._pending: argparse.Action | None = None
        self._seen: set[str] = set()
        self._only_words = False
        if self.command is not None:
            self._enter(parser_of(self.command))
            for word in words[1:]:
                self._read(word)

    def value(self, current: str) -> tuple[argparse.Action | None, str]:
        """Return what the current word is a value of, and the part of it before that value (`--option=`)."""
        if self._pending is not None:
            return self._pending, ""
        if self._is_option(current):
            name, equals, _ = current.partition("=")
            action = self._options.get(name)
            return (action, f"{name}=") if equals and action is not None and _takes(action) else (None, "")
        return (self._words[0] if self._words else None), ""

    def options(self, current: str) -> Iterator[Offer]:
        """Yield the options that may stand here: where one is begun, or nothing else may come."""
        expects_value = self._pending is not None or "=" in current or self._only_words
        if expects_value or not (self._is_option(current) or not self._words):
            return
        for action in dict.fromkeys(self._options.values()):
            if action.dest not in self._seen or isinstance(action, argparse._AppendAction):
                yield Offer(action.option_strings[-1], action.help or "")

    def _enter(self, parser: argparse.ArgumentParser) -> None:
        actions = parser._actions
        self._words = [action for action in actions if not action.option_strings]
        self._options = {name: action for action in actions for name in action.option_strings}

    def _read(self, word: str) -> None:
        if self._pending is not None:
            self._take(self._pending, word)
            self._pending = None
        elif word == "--" and not self._only_words:
            self._only_words = True
        elif self._is_option(word):
            self._read_option(word)
        elif self._words:
            self._read_word(self._words[0], word)

    def _read_option(self, word: str) -> None:
        name, equals, value = word.partition("=")
        action = self._options.get(name)
        if action is None:
            return
        self._seen.add(action.dest)
        if equals:
            self._take(action, value)
        elif _takes(action):
            self._pending = action

    def _read_word(self, action: argparse.Action, word: str) -> None:
        self._take(action, word)
        if isinstance(action, argparse._SubParsersAction):
            if word in action.choices:
                self._enter(action.choices[word])
        elif action.nargs not in _SEVERAL:
            self._words = self._words[1:]

    def _take(self, action: argparse.Action, value: str) -> None:
        self.given.setdefault(action.dest, []).append(value)

    def _is_option(self, word: str) -> bool:
        return word.startswith("-") and word != "-" and not self._only_words


def _takes(action: argparse.Action) -> bool:
    return action.nargs != 0
