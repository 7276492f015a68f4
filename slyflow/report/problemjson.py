"""Problems as one JSON document for programs; `schemas/problems.v1.schema.json` describes it."""

from collections.abc import Sequence

from slyflow.model.value import Json
from slyflow.problem import Problem, Span

VERSION = 1


def problems_document(files: Sequence[str], problems: Sequence[Problem]) -> Json:
    """Return the document: the files that were checked and the problems found in them, in order."""
    return {
        "version": VERSION,
        "files": list(files),
        "problems": [_problem(problem) for problem in problems],
    }


def _problem(problem: Problem) -> Json:
    return {
        **_place(problem.span),
        "code": problem.code,
        "slug": problem.slug,
        "severity": problem.severity,
        "message": problem.message,
        "suggestion": problem.suggestion,
        "hint": problem.hint,
        "related": [{**_place(one.span), "message": one.message} for one in problem.related],
    }


def _place(span: Span) -> dict[str, Json]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
