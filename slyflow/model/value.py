"""Values in a pipeline: plain JSON, and JSON with expressions in it that a run fills in."""

from collections.abc import Callable, Mapping, Sequence
from operator import is_
from typing import Any, Literal

from slyflow.problem import Span
from slyflow.record import field, record

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What JSON can say; mappings have string keys, numbers are int64 or finite doubles."""


def map_texts(value: Json, change: Callable[[str], str], *, keys: bool = True) -> Json:
    """Return JSON with every text in it changed, `keys` too; the same object when nothing changed."""
    match value:
        case str():
            changed = change(value)
            return value if changed == value else changed
        case Mapping():
            items = {
                change(key) if keys else key: map_texts(item, change, keys=keys)
                for key, item in value.items()
            }
            same = items.keys() == value.keys() and all(items[key] is value[key] for key in items)
            return value if same else items
        case Sequence():
            parts = [map_texts(item, change, keys=keys) for item in value]
            return value if all(map(is_, parts, value)) else parts
        case _:
            return value


@record(frozen=True, slots=True)
class Expression:
    """One `${{ … }}`: CEL source and the place of that source inside its string.

    `places` has a line and a column for each character of the source and for its end; it is empty
    where the source stands in the file as it is, so that places can be counted from the span.
    """

    source: str
    span: Span = field(compare=False, repr=False)
    places: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)


@record(frozen=True, slots=True)
class Template:
    """A longer string with expressions inside: literal text and expressions in order."""

    parts: tuple[str | Expression, ...]
    span: Span = field(compare=False, repr=False)


@record(frozen=True)
class FromFile:
    """`{from_file: PATH, as: text|yaml|json}`: the file's content, never scanned for expressions.

    `path` is as written, relative to the pipeline file.
    """

    path: str
    form: Literal["text", "yaml", "json"]
    span: Span = field(compare=False, repr=False)


Dynamic = (
    None
    | bool
    | int
    | float
    | str
    | Expression
    | Template
    | FromFile
    | Sequence["Dynamic"]
    | Mapping[str, "Dynamic"]
)
"""JSON whose strings may have become Expression or Template, and whose maps may have become FromFile."""


@record(frozen=True, slots=True)
class Field:
    """A value of a user's map, with its key and itself as they stand in the file.

    `place` tells where that is, when a problem needs it: a large file has very many fields.
    """

    value: Dynamic
    key: object = field(compare=False, repr=False)
    node: object = field(compare=False, repr=False)
    place: Callable[[Any], Span] = field(compare=False, repr=False)

    @property
    def key_span(self) -> Span:
        """The place of the key."""
        return self.place(self.key)

    @property
    def span(self) -> Span:
        """The place of the value."""
        return self.place(self.node)


Fields = Mapping[str, Field]
