"""The words that a status is compared with: one that no status is makes the comparison senseless."""

import re
from collections.abc import Iterator, Sequence

from slyflow.model.value import Expression
from slyflow.problem import Problem
from slyflow.syntax.expression.scanner import Reference
from slyflow.syntax.template import stretch
from slyflow.text import suggest

_STEP = ("succeeded", "failed", "skipped", "cancelled")
_RUN = ("succeeded", "failed", "cancelled")
_WORD = r"""(?P<quote>["'])(?P<word>[A-Za-z0-9_ -]*)(?P=quote)"""
_BEHIND = re.compile(rf"\s*[=!]=\s*{_WORD}")
_BEFORE = re.compile(rf"{_WORD}\s*[=!]=\s*$")
_AMONG = re.compile(r"\s*in\s*\[[^\]]*\]")
_ONE = re.compile(_WORD)
# What sessions, CI systems and people say for the same.
_MEANT = {
    "finished": "succeeded",
    "success": "succeeded",
    "successful": "succeeded",
    "completed": "succeeded",
    "done": "succeeded",
    "ok": "succeeded",
    "error": "failed",
    "failure": "failed",
    "canceled": "cancelled",
    "stopped": "cancelled",
}


def unknown_words(expression: Expression, references: Sequence[Reference]) -> Iterator[Problem]:
    """Yield a problem for each word that a status is compared with and never is."""
    for reference in references:
        match reference.path:
            case ("steps", _, "status"):
                yield from _unknown(expression, reference, "step", _STEP)
            case ("run", "status"):
                yield from _unknown(expression, reference, "run", _RUN)
            case _:
                continue


def _unknown(
    expression: Expression, reference: Reference, noun: str, known: Sequence[str]
) -> Iterator[Problem]:
    for start, word in _compared(expression.source, reference):
        if word not in known:
            near = _MEANT.get(word.lower()) or suggest(word, known)
            hint = f"it is {', '.join(known[:-1])} or {known[-1]}"
            message = f'a {noun} never has the status "{word}"'
            span = stretch(expression, start, start + len(word))
            yield Problem(span, message, "expression-type", hint=hint, suggestion=near)


def _compared(source: str, reference: Reference) -> Iterator[tuple[int, str]]:
    """Yield the constant texts beside a name, each with the offset of its first character."""
    sides = (_BEFORE.search(source, 0, reference.start), _BEHIND.match(source, reference.end))
    among = _AMONG.match(source, reference.end)
    listed = () if among is None else _ONE.finditer(source, among.start(), among.end())
    for found in (*sides, *listed):
        if found is not None:
            yield found.start("word"), found["word"]
