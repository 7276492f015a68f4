"""The types of whole values: of what their expressions give, and of what an output declares."""

from collections.abc import Mapping, Sequence

from slyflow.model.outputsource import ContentSource, LogSource
from slyflow.model.pipeline import OutputSpec
from slyflow.model.value import Dynamic, Expression, FromFile, Template
from slyflow.syntax.expression.celtype import ANY_LIST, ANY_MAP, DYN, STRING, Type, of_param, of_value

_IN_TEXT = ("string", "int", "double", "bool", "dyn")


def result_type(value: Dynamic, types: Sequence[Type]) -> Type:
    """Return the type of a value whose expressions, in order, have `types`."""
    match value:
        case Expression():
            return types[0]
        case Template():
            return STRING
        case FromFile(form=form):
            return STRING if form == "text" else DYN
        case None | bool() | int() | float() | str():
            return of_value(value)
        case Mapping():
            return ANY_MAP
        case Sequence():
            return ANY_LIST


def declared_type(spec: OutputSpec) -> Type | None:
    """Return the type that an output of kind `value` certainly has, None when only its value tells."""
    if spec.type is not None:
        return of_param(spec.type, spec.items)
    match spec.source:
        case LogSource():
            return STRING
        case ContentSource(form="text"):
            return STRING
        case _:
            return None


def fits(found: Type, declared: Type) -> bool:
    """Whether a value of one type may be what another was declared for; when in doubt it may."""
    outer, wanted = (one.name.split("<", 1)[0] for one in (found, declared))
    return wanted == outer or "dyn" in (outer, wanted) or (outer, wanted) == ("int", "double")


def fits_text(found: Type) -> bool:
    """Whether a value of the type may stand inside a longer string."""
    return found.name in _IN_TEXT
