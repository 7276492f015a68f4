"""Fills in the expressions of a value from a scope; the result is plain JSON and is never read again."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import assert_never

from slyflow.model.value import Dynamic, Expression, FromFile, Json, Template
from slyflow.problem import Span
from slyflow.secret import Redactor
from slyflow.syntax.expression.celtype import of_value
from slyflow.syntax.expression.content import content, failure
from slyflow.syntax.expression.hollow import cut
from slyflow.syntax.expression.scanner import LONGEST, Reference, bare, scan
from slyflow.syntax.expression.scope import Scope

_NO_FILES: Mapping[str, str] = MappingProxyType({})


def evaluate(value: Dynamic, scope: Scope, files: Mapping[str, str] = _NO_FILES) -> Json:
    """Return the value with every expression in it replaced by what it gives.

    `files` holds the contents of `from_file` paths. ExpressionError names the file, line and column.
    """
    match value:
        case Expression():
            return _of_expression(value, scope)
        case Template():
            return "".join(
                part if isinstance(part, str) else _text(_of_expression(part, scope), part.span)
                for part in value.parts
            )
        case FromFile():
            return content(value, files)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {key: evaluate(item, scope, files) for key, item in value.items()}
        case Sequence():
            return [evaluate(item, scope, files) for item in value]
        case _:
            assert_never(value)


def _of_expression(expression: Expression, scope: Scope) -> Json:
    source, span = expression.source, expression.span
    if len(source) > LONGEST:
        raise failure(span, f"the expression is longer than {LONGEST} characters")
    references = scan(source)
    name = bare(source, references)
    if name is not None:
        found, length = _find(name, scope, span)
        return _inside(found, name, length, span)
    return _of_cel(source, references, scope, span)


def _of_cel(source: str, references: Sequence[Reference], scope: Scope, span: Span) -> Json:
    # Only an expression that computes something pays for loading the library.
    from slyflow.syntax.expression import library
    from slyflow.syntax.expression.complaint import translate

    found = [_find(reference, scope, span) for reference in references]
    hollow = cut(source, references, [length for _, length in found])
    try:
        return library.evaluate(hollow, [value for value, _ in found])
    except library.Refused as refused:
        # A message may quote a value, and that may be a secret.
        reason = Redactor(scope.secrets.values())(translate(str(refused)).message)
        raise failure(span, f"${{{{ {source.strip()} }}}} failed: {reason}") from None


def _find(reference: Reference, scope: Scope, span: Span) -> tuple[Json, int]:
    found = scope.find(reference.path)
    if found is None:
        raise failure(span, f'unknown name "{reference}"')
    if scope.hides(reference.path):
        raise failure(
            span, f'"{reference}" held a secret, which the journal does not keep: a resumed run cannot use it'
        )
    return found


def _inside(value: Json, name: Reference, length: int, span: Span) -> Json:
    """Follow the fields behind a bare name."""
    for index in range(length, len(name.path)):
        key, owner = name.path[index], ".".join(name.path[:index])
        if not isinstance(value, Mapping):
            raise failure(span, f'"{owner}" is {of_value(value)}, it has no field "{key}"')
        if key not in value:
            raise failure(span, f'"{owner}" has no field "{key}"')
        value = value[key]
    return value


def _text(value: Json, span: Span) -> str:
    """Return how a value stands inside a longer string."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case _:
            message = f"{of_value(value)} cannot stand inside a string; write json(…) around the expression"
            raise failure(span, message)
