"""Which names the expressions of a value mention."""

from collections.abc import Iterator, Mapping, Sequence

from slyflow.model.value import Dynamic, Expression, FromFile, Template
from slyflow.syntax.expression.scanner import Reference, scan


def expressions(value: Dynamic) -> Iterator[Expression]:
    """Yield every expression of a value, those inside longer strings too, in order."""
    match value:
        case Expression():
            yield value
        case Template():
            yield from (part for part in value.parts if isinstance(part, Expression))
        case None | str() | bool() | int() | float() | FromFile():
            return
        case Mapping():
            for item in value.values():
                yield from expressions(item)
        case Sequence():
            for item in value:
                yield from expressions(item)


def references(expression: Expression) -> tuple[Reference, ...]:
    """Return the dotted names an expression mentions, with their offsets in its source."""
    return scan(expression.source)


def secret_names(value: Dynamic) -> tuple[str, ...]:
    """Return the secrets that a value's expressions mention, sorted."""
    mentioned = (reference.path for one in expressions(value) for reference in references(one))
    return tuple(sorted({path[1] for path in mentioned if path[0] == "secrets" and len(path) > 1}))
