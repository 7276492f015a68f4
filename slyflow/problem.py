"""A problem is something wrong in the user's file, with its place; problems are values, not exceptions."""

from collections.abc import Iterable
from typing import NamedTuple

from slyflow.code import Severity, Slug, code, severity
from slyflow.record import record


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

    `slug` names its code (`unknown-key`), one of `slyflow.code`; `hint` is the remedy, one sentence.
    `suggestion` is what may have been meant by the stretch that the span covers. `is_strict` makes an error
    of the problem whatever its code says.
    """

    span: Span
    message: str
    slug: Slug
    hint: str | None = None
    related: tuple[Related, ...] = ()
    suggestion: str | None = None
    is_strict: bool = False

    @property
    def code(self) -> str:
        """The stable code that programs know it by: `SLY102`."""
        return code(self.slug).id

    @property
    def text(self) -> str:
        """The message with the suggestion, as a person reads it."""
        return f'{self.message}, did you mean "{self.suggestion}"?' if self.suggestion else self.message

    @property
    def severity(self) -> Severity:
        """How bad it is: an error forbids a run."""
        return "error" if self.is_strict else severity(self.slug)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems sorted by place, each once."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.span, p.severity, p.slug, p.message))


def strictly(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems with every warning among them taken as an error."""
    return [_as_error(one) if one.severity == "warning" else one for one in problems]


def _as_error(one: Problem) -> Problem:
    return Problem(one.span, one.message, one.slug, one.hint, one.related, one.suggestion, is_strict=True)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Say whether any of the problems forbids a run."""
    return any(problem.severity == "error" for problem in problems)
