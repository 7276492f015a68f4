"""A problem is something wrong in the user's file, with its place; problems are values, not exceptions."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from slyflow.record import record

Severity = Literal["error", "warning"]


class Span(NamedTuple):
    """A stretch of a file: 1-based lines and columns in Unicode characters, the end exclusive.

    A tuple, as every value in a pipeline has one or two: a record takes three times as long to make.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@record(frozen=True)
class Related:
    """Another place that explains a problem ("first defined here")."""

    span: Span
    message: str


@record(frozen=True)
class Problem:
    """What is wrong, where, and what to do about it.

    `code` is stable and machine-readable (`unknown-key`); `hint` is the remedy, one sentence.
    """

    span: Span
    message: str
    code: str
    severity: Severity = "error"
    hint: str | None = None
    related: tuple[Related, ...] = ()


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems sorted by place, each once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.span, p.severity, p.code, p.message))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Say whether any of the problems forbids a run."""
    return any(problem.severity == "error" for problem in problems)
