"""The tree a YAML document is read into: scalars, lists and maps, each with its place in the text."""

from collections.abc import Iterator, Mapping, Sequence

from slyflow.model.value import Json

ScalarValue = bool | int | float | str | None

# Plain classes with slots, not frozen dataclasses: a large file has a million nodes, and a frozen
# dataclass takes three times as long to make.


class Scalar:
    """One scalar. `start` and `end` are offsets in the source, `style` is "", ', ", | or >."""

    __slots__ = ("end", "start", "style", "value")

    def __init__(self, value: ScalarValue, start: int, end: int, style: str) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.style = style


class Sequential:
    """A list."""

    __slots__ = ("end", "items", "start")

    def __init__(self, start: int) -> None:
        self.items: list[Node] = []
        self.start = start
        self.end = start


class Map:
    """A map; `keys` and `values` are in the order of the file, each key once.

    `partial` says that an entry was refused, so that nothing can be said about what is missing.
    """

    __slots__ = ("end", "keys", "partial", "start", "values")

    def __init__(self, start: int) -> None:
        self.keys: list[Scalar] = []
        self.values: dict[str, Node] = {}
        self.start = start
        self.end = start
        self.partial = False

    def key(self, name: str) -> Scalar:
        """Return the node of a key that the map has."""
        return next(key for key in self.keys if key.value == name)


class Broken:
    """Something that was refused; a problem tells about it, so nothing more is to be said."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


Node = Scalar | Sequential | Map | Broken


def last_end(node: Map | Sequential) -> int:
    """Return where a block collection ends: its end event comes only at the next token."""
    if type(node) is Sequential:
        return node.items[-1].end if node.items else node.start
    assert isinstance(node, Map)
    if not node.keys:
        return node.start
    last = node.keys[-1]
    # An alias is where its anchor is, which may be before the key.
    return max(last.end, node.values[last.value].end)  # type: ignore[index]  # keys are text


def scalars(root: Node) -> Iterator[Scalar]:
    """Yield every scalar of a tree, keys too, once for each place that it stands or is aliased at."""
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is Scalar:
            yield node
        elif type(node) is Map:
            stack.extend(node.keys)
            stack.extend(node.values.values())
        elif type(node) is Sequential:
            stack.extend(node.items)


def plain(node: Node) -> Json:
    """Return the JSON that a node says; what was refused becomes null."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Map):
        return {key: plain(value) for key, value in node.values.items()}
    if isinstance(node, Sequential):
        return [plain(item) for item in node.items]
    return None


def from_json(value: Json) -> Node:
    """Return a tree without places for a JSON value."""
    if isinstance(value, Mapping):
        made = Map(0)
        made.values = {key: from_json(item) for key, item in value.items()}
        made.keys = [Scalar(key, 0, 0, '"') for key in value]
        return made
    if isinstance(value, Sequence) and not isinstance(value, str):
        listed = Sequential(0)
        listed.items = [from_json(item) for item in value]
        return listed
    return Scalar(value, 0, 0, '"')
