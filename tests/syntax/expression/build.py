"""Expressions for tests, each at a place of its own."""

from slyflow.model.value import Expression, Template
from slyflow.problem import Span


def span(line: int = 3, column: int = 7, length: int = 1) -> Span:
    return Span("p.yaml", line, column, line, column + length)


def expression(source: str, line: int = 3, column: int = 7) -> Expression:
    return Expression(source, span(line, column, len(source)))


def template(*parts: str | Expression) -> Template:
    return Template(parts, span())
