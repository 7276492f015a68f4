"""Arguments of an app: what its modal window asks for, with defaults and what kind of value each is."""

import json
from collections.abc import Iterator, Mapping, Sequence

from slyflow.catalog.freezing import thawed
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.record import record


@record(frozen=True)
class Argument:
    """One argument; `kind` is what its default is, in the words of `kind_of`."""

    name: str
    default: Json
    kind: str

    @property
    def shown(self) -> str:
        """The default as JSON, on one line."""
        return json.dumps(thawed(self.default), ensure_ascii=False)


def arguments_of(interface: Interface) -> Iterator[Argument]:
    """Yield the arguments that the app declares, in its own order."""
    for name, default in (interface.arguments or {}).items():
        yield Argument(name, default, kind_of(default))


def kind_of(value: object) -> str:
    """Return boolean, integer, number, string, list or map; any for null, which may stand for anything."""
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case Mapping():
            return "map"
        case Sequence():
            return "list"
        case _:
            return "any"
