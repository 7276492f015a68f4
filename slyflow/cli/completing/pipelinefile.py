"""Params and steps of a pipeline that may not be finished: what can be read of it is offered."""

import json
from collections.abc import Iterator

from slyflow.cli.completing.offer import Offer
from slyflow.syntax.document import read
from slyflow.syntax.node import Map, Node, Scalar, Sequential, plain
from slyflow.syntax.source import Source

_LIMIT = 1 << 20


def read_root(path: str) -> Node | None:
    """Return the tree of a pipeline file, None when it cannot be read."""
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes long to import
            return root_of(file.read(_LIMIT))
    except (OSError, ValueError):
        return None


def root_of(text: str) -> Node | None:
    """Return the tree of a pipeline's text."""
    return read(Source("", text)).root


def step_ids(root: Node | None) -> Iterator[Offer]:
    """Yield the ids of the steps, in the file's order."""
    for section in ("steps", "finally"):
        for name, step in _entries(root, section):
            yield Offer(name, _described(step))


def params(root: Node | None, current: str) -> Iterator[Offer]:
    """Yield `NAME=` for each param; after `NAME=` the values that its type, enum and default name."""
    begun, equals, _ = current.partition("=")
    for name, param in _entries(root, "params"):
        if not equals:
            yield Offer(f"{name}=", _described(param))
        elif name == begun and isinstance(param, Map):
            for value in _values(param):
                yield Offer(f"{name}={value}")


def _values(param: Map) -> list[str]:
    """Return values as a person writes them on a command line, each once."""
    found = [param.values.get("default")]
    enum = param.values.get("enum")
    if isinstance(enum, Sequential):
        found = [*enum.items]
    elif plain(param.values.get("type", Scalar(None, 0, 0, ""))) == "boolean":
        return ["true", "false"]
    written = [_written(node) for node in found if isinstance(node, Scalar) and node.value is not None]
    return list(dict.fromkeys(text for text in written if text))


def _written(node: Scalar) -> str:
    return node.value if isinstance(node.value, str) else json.dumps(node.value)


def _entries(root: Node | None, section: str) -> list[tuple[str, Node]]:
    found = root.values.get(section) if isinstance(root, Map) else None
    return list(found.values.items()) if isinstance(found, Map) else []


def _described(node: Node) -> str:
    text = node.values.get("description") if isinstance(node, Map) else None
    value = text.value if isinstance(text, Scalar) else None
    return value if isinstance(value, str) else ""
