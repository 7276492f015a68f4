"""`node`, `card`, `inputs`: what a session looks like in the workflow graph and what it uses."""

from slyflow.model.artifact import Kind
from slyflow.model.pipeline import InputSpec, NodeSpec
from slyflow.syntax.icon import icons
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.reader import Reader, entries
from slyflow.text import suggest

# Supervisely draws edges of these kinds without a card of their own.
_CARDLESS = frozenset((Kind.PROJECT, Kind.DATASET, Kind.VALUE))


def parse_node(reader: Reader, node: Node | None) -> NodeSpec | None:
    """Return node or card settings, None for a key that is not there."""
    if node is None:
        return None
    assert isinstance(node, Map)
    given = {key: reader.dynamic(value) for _, key, value in entries(node)}
    icon = given.get("icon")
    if isinstance(icon, str) and icon not in icons():
        name = icon.removeprefix("zmdi-")
        hint = f'write "{name}", without zmdi-' if name in icons() else None
        near = name if hint else suggest(icon, icons())
        hint = hint or "the names are those of the Material Design Iconic Font"
        message = f'there is no icon "{icon}"'
        reader.refuse(node.values["icon"], message, "unknown-icon", hint=hint, suggestion=near)
    return NodeSpec(
        title=given.get("title"),
        description=given.get("description"),
        icon=icon,
        icon_color=given.get("icon_color"),
        icon_bg_color=given.get("icon_bg_color"),
        url=given.get("url"),
        url_title=given.get("url_title"),
        span=reader.span(node),
    )


def parse_card(reader: Reader, node: Node | None, key: Scalar | None, kind: Kind) -> NodeSpec | None:
    """Return the settings of an edge; a kind that has no card is a problem at `key`."""
    if node is not None and key is not None and kind in _CARDLESS:
        reader.refuse(
            key, f"a {kind} has no card", "card-not-allowed", hint="put the settings into the step's `node`"
        )
    return parse_node(reader, node)


def parse_inputs(reader: Reader, node: Node | None) -> dict[str, InputSpec] | None:
    """Return the inputs by name, None when the step does not say."""
    if node is None:
        return None
    return {name: _input(reader, key, name, value) for key, name, value in entries(node)}


def _input(reader: Reader, key: Scalar, name: str, node: Node) -> InputSpec:
    assert isinstance(node, Map)
    kind = next(kind for kind in Kind if kind in node.values)
    card = node.values.get("card")
    return InputSpec(
        name,
        kind,
        reader.dynamic(node.values[kind]),
        version_num=reader.optional(node.values.get("version_num")),
        card=parse_card(reader, card, node.key("card") if card else None, kind),
        span=reader.span(key),
    )
