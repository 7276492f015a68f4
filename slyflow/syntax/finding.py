"""What a schema check found wrong."""

from collections.abc import Sequence
from typing import Literal

from slyflow.syntax.node import Node

KeyRule = Literal["unknown", "later", "partner", "only_with", "misplaced", "name"]
Rule = Literal["expected", "missing", "one_of"] | KeyRule


class Finding:
    """One thing wrong at a node, `path` from the checked root to the thing the sentence is about.

    `words` are, by rule: expected, the alternatives; unknown, the known keys; missing and partner, the
    keys that are needed; one_of, the keys of which one must be there; misplaced, the key it goes not with.
    `choices` are the words that would have been right, for a suggestion; `texts` the patterns of text
    that would have been. `value` is what an unknown key has, `before` the key above it if that has nothing.
    """

    __slots__ = ("before", "choices", "node", "path", "rule", "texts", "value", "words")

    def __init__(self, rule: Rule, node: Node, words: Sequence[str], key: str | int | None = None) -> None:
        self.rule = rule
        self.node = node
        self.words = words
        self.choices: Sequence[str] = ()
        self.texts: Sequence[str] = ()
        self.value: Node | None = None
        self.before: str | None = None
        # Innermost first; `full_path` turns it round.
        self.path: list[str | int] = [] if key is None else [key]

    @property
    def full_path(self) -> tuple[str | int, ...]:
        return tuple(reversed(self.path))
