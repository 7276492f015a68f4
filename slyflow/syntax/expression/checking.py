"""Whether an expression makes sense before a run: its names, its types, its syntax."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from slyflow.code import Slug
from slyflow.model.value import Expression
from slyflow.problem import Problem, Span
from slyflow.record import record
from slyflow.syntax.expression.celtype import DYN, PLAIN, Type, element
from slyflow.syntax.expression.hollow import cut
from slyflow.syntax.expression.scanner import LONGEST, Reference, bare, scan
from slyflow.syntax.template import place, stretch

if TYPE_CHECKING:
    from slyflow.syntax.expression.complaint import Complaint

_NOT_JSON = r"\b(optional_type|timestamp|duration|bytes|uint|type)\b|map<(?!string|dyn)"


@record(frozen=True, slots=True)
class Declared:
    """A name's type, and how many segments of the path make up the name."""

    type: Type
    length: int


@record(frozen=True)
class Unknown:
    """Why a path names nothing here; `segment` is the one to point at."""

    message: str
    slug: Slug
    segment: int = 0
    hint: str | None = None
    suggestion: str | None = None


class Declarations(Protocol):
    """The names an expression may use at its place."""

    def find(self, path: tuple[str, ...]) -> Declared | Unknown:
        """Return what the longest declared name at the start of `path` is, or why there is none."""


def check(expression: Expression, names: Declarations) -> tuple[Type | None, list[Problem]]:
    """Return the type of the expression's result and what is wrong with it; None when that hides the type."""
    source = expression.source
    if len(source) > LONGEST:
        # Whoever found the expression in its string has said so; it is not worth compiling.
        return None, []
    references = scan(source)
    name = bare(source, references)
    if name is not None:
        known = names.find(name.path)
        if isinstance(known, Declared) and known.length == len(name.path):
            return known.type, []
    problems: list[Problem] = []
    found = [_declared(expression, reference, names, problems) for reference in references]
    if name is None:
        kind = _computed(expression, references, found, problems)
    else:
        kind = _field(expression, name, found[0], problems)
    return (None if problems else kind), problems


def _declared(
    expression: Expression, reference: Reference, names: Declarations, problems: list[Problem]
) -> Declared:
    found = names.find(reference.path)
    if isinstance(found, Declared):
        return found
    span = stretch(expression, reference.offset(found.segment), reference.ends[found.segment])
    problems.append(Problem(span, found.message, found.slug, hint=found.hint, suggestion=found.suggestion))
    # What is unknown may be anything: its neighbours are still checked.
    return Declared(DYN, len(reference.path))


def _field(
    expression: Expression, name: Reference, declared: Declared, problems: list[Problem]
) -> Type | None:
    """Follow the fields behind a bare name."""
    kind = declared.type
    for index in range(declared.length, len(name.path)):
        inside = element(kind)
        if inside is None:
            owner = ".".join(name.path[:index])
            message = f'"{owner}" is {kind}, it has no field "{name.path[index]}"'
            span = stretch(expression, name.offset(index), name.ends[index])
            of_artifact = index == declared.length == 4 and name.path[0] == "steps"
            hint = "an output has .id, .path, .name and .url" if of_artifact else None
            problems.append(Problem(span, message, "expression-type", hint=hint))
            return None
        kind = inside
    return kind


def _computed(
    expression: Expression,
    references: Sequence[Reference],
    found: Sequence[Declared],
    problems: list[Problem],
) -> Type | None:
    # Only an expression that computes something pays for loading the library.
    from slyflow.syntax.expression import library

    hollow = cut(expression.source, references, [one.length for one in found])
    try:
        kind = library.type_of(hollow, [one.type for one in found])
    except library.Refused as refused:
        complaints = list(_refused(expression, references, refused.faults))
        if complaints[0].slug == "expression-syntax":
            # What cannot be read has neither names nor types, and its first fault explains the others.
            problems[:] = complaints[:1]
        else:
            problems += complaints
        return None
    if "status" in expression.source:
        from slyflow.syntax.expression.statusword import unknown_words  # few expressions compare one

        problems += unknown_words(expression, references)
    if kind not in PLAIN and re.search(_NOT_JSON, kind.name):
        problems.append(_not_json(expression, kind))
        return None
    return kind


def _not_json(expression: Expression, kind: Type) -> Problem:
    said: tuple[str, str | None]
    if "optional" in kind.name:
        said = "the result is an optional value, or holds one", "end that with .orValue(…)"
    elif "map<" in kind.name:
        said = "the keys of a map must be strings", None
    else:
        said = f"the result is {kind}, which JSON cannot say", "make it a string by string(…)"
    message, hint = said
    return Problem(expression.span, message, "expression-type", hint=hint)


def _refused(
    expression: Expression,
    references: Sequence[Reference],
    faults: Sequence[tuple[int | None, str]],
) -> Iterator[Problem]:
    from slyflow.syntax.expression.complaint import habit, is_echo, translate

    telling = [fault for fault in faults if not is_echo(fault[1])]
    for offset, message in telling or faults:
        named = _with_names(message, offset, references)
        said = translate(named)
        is_syntax = "yntax" in message or "recursion" in message
        slug: Slug = "expression-syntax" if is_syntax else "expression-type"
        hint = said.hint or (habit(expression.source) if is_syntax else None)
        span = _around(expression, offset, said)
        yield Problem(span, said.message, slug, hint=hint, suggestion=said.suggestion)


def _around(expression: Expression, offset: int | None, said: "Complaint") -> Span:
    """Return the place of a complaint: the name there, all of an expression without a place."""
    if offset is None:
        return expression.span
    start = max(offset - said.back, 0)
    word = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").match(expression.source, start)
    return stretch(expression, start, word.end()) if word else place(expression, start)


def _with_names(message: str, offset: int | None, references: Sequence[Reference]) -> str:
    """Put the name back that the library saw as a placeholder."""
    here = next((str(one) for one in references if one.start == offset), "a name")
    return re.sub(r"\b_v\d+\b", here, message)
