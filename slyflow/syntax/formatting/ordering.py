"""The canonical order of keys: the one in which the schema lists them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Any

from slyflow.syntax.formatting.tree import Branch, Entry, Leaf, Tree

Schema = Mapping[str, Any]


def order_keys(root: Tree, schema: Schema) -> None:
    """Sort the entries of every map whose keys the schema lists; keys that it does not list come last.

    An alias stays behind its anchor. Maps whose keys are the user's own keep their order.
    """
    _Ordering(schema.get("$defs", {})).sort(root, [schema])


class _Ordering:
    """Sorts maps by one schema."""

    def __init__(self, definitions: Mapping[str, Schema]) -> None:
        self._definitions = definitions

    def sort(self, node: Tree, schemas: Sequence[Schema]) -> None:
        if isinstance(node, Leaf) or not schemas:
            return
        shapes = [shape for schema in schemas for shape in self._shapes(schema)]
        properties: dict[str, list[Schema]] = {}
        for shape in shapes:
            for name, one in shape.get("properties", {}).items():
                properties.setdefault(name, []).append(one)
        others = [
            shape["additionalProperties"] for shape in shapes if _is_schema(shape, "additionalProperties")
        ]
        items = [shape["items"] for shape in shapes if _is_schema(shape, "items")]
        for entry in node.entries:
            name = entry.key.value if entry.key is not None else None
            self.sort(entry.value, items if name is None else properties.get(name, others))
        if node.is_map and properties:
            node.entries = _sorted(node.entries, {name: rank for rank, name in enumerate(properties)})

    def _shapes(self, schema: Schema) -> Iterator[Schema]:
        """Yield a schema with those that it refers to and chooses from."""
        if "$ref" in schema:
            yield from self._shapes(self._definitions[schema["$ref"].removeprefix("#/$defs/")])
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            yield from self._shapes(one)
        yield schema


def _is_schema(shape: Schema, key: str) -> bool:
    return isinstance(shape.get(key), Mapping)


def _sorted(entries: Sequence[Entry], ranks: Mapping[str, int]) -> list[Entry]:
    """Sort entries by the rank of their keys, as far as anchors allow."""
    keys = [ranks.get(entry.key.value if entry.key else "", len(ranks)) for entry in entries]
    after = _bound(entries)
    if after is None:
        return [
            entries[index] for index in sorted(range(len(entries)), key=lambda index: (keys[index], index))
        ]
    waiting = [0] * len(entries)
    for followers in after:
        for index in followers:
            waiting[index] += 1
    ready = [(keys[index], index) for index, count in enumerate(waiting) if not count]
    heapify(ready)
    done: list[Entry] = []
    while ready:
        _, index = heappop(ready)
        done.append(entries[index])
        for follower in after[index]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heappush(ready, (keys[follower], follower))
    return done


def _bound(entries: Sequence[Entry]) -> list[set[int]] | None:
    """Return for each entry those that must stay behind it because of an anchor, None when nothing must."""
    marks = [list(_marks(entry)) for entry in entries]
    if not any(marks):
        return None
    after: list[set[int]] = [set() for _ in entries]
    defined: dict[str, int] = {}
    users: dict[str, set[int]] = {}
    for index, found in enumerate(marks):
        for name, is_alias in found:
            if name in defined and defined[name] != index:
                after[defined[name]].add(index)
            if is_alias:
                users.setdefault(name, set()).add(index)
                continue
            for user in users.pop(name, set()) - {index}:
                after[user].add(index)
            defined[name] = index
    return after


def _marks(entry: Entry) -> Iterable[tuple[str, bool]]:
    """Yield the anchors and aliases in an entry, in order, with whether each is an alias."""
    stack: list[Tree] = [entry.value, *([entry.key] if entry.key else [])]
    while stack:
        node = stack.pop()
        if node.anchor:
            yield node.anchor, isinstance(node, Leaf) and node.is_alias
        if isinstance(node, Branch):
            for one in reversed(node.entries):
                stack += [one.value, *([one.key] if one.key else [])]
