"""Problems as annotations of a change on GitHub: one workflow command a line."""

from collections.abc import Iterable

from slyflow.problem import Problem
from slyflow.text import sanitize


def annotations(problems: Iterable[Problem]) -> str:
    """Return a line for each problem; nothing in a file or its name can end a line or begin a command."""
    return "".join(f"{_annotation(problem)}\n" for problem in problems)


def _annotation(problem: Problem) -> str:
    span = problem.span
    place = {"file": span.file, "line": span.line, "endLine": span.end_line, "col": span.column}
    if span.end_line == span.line:
        # GitHub takes columns of one line only.
        place["endColumn"] = span.end_column
    place["title"] = f"{problem.code} {problem.slug}"
    told = [problem.text]
    told += [f"hint: {problem.hint}"] if problem.hint else []
    told += [f"{one.span.file}:{one.span.line}: {one.message}" for one in problem.related]
    level = "notice" if problem.severity == "note" else problem.severity
    properties = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in place.items())
    return f"::{level} {properties}::{_escaped(chr(10).join(told))}"


def _escaped(text: str, more: str = "") -> str:
    """Return a text in which nothing is left that the runner reads; its own percent signs come first."""
    text = sanitize(text)
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text
