"""The workflow nodes of a pipeline as Supervisely will show them: an SVG picture that needs nothing else."""

from collections.abc import Iterator, Mapping
from html import escape

from slyflow.graph.caption import caption
from slyflow.graph.dag import Dag
from slyflow.graph.drawing import (
    INK,
    LINE,
    MOST_STEPS,
    PALE,
    PAPER,
    arrows,
    clean,
    columns,
    final_line,
    opening,
    shown,
    text,
    too_many,
)
from slyflow.graph.layout import Box, lay_out
from slyflow.graph.look import Card, Look, cards, node_look
from slyflow.graph.pictogram import pictogram
from slyflow.model.pipeline import AppAction, Pipeline, Step
from slyflow.record import record

_WIDTH = 262.0
_HEAD, _LINE, _CARD, _PAD = 44.0, 15.0, 22.0, 8.0
_LONGEST = 30
_LINK = "#0969da"


@record(frozen=True)
class _Node:
    """One step: its look, None for a step without a session, and the cards of its data."""

    step: Step
    look: Look | None
    cards: tuple[Card, ...]

    @property
    def lines(self) -> int:
        """How many lines stand below the head."""
        return 0 if self.look is None else bool(self.look.description) + (self.look.link is not None)

    @property
    def height(self) -> float:
        below = self.lines * _LINE + len(self.cards) * _CARD
        return _HEAD + (below + _PAD if below else 0.0)


def preview(pipeline: Pipeline, dag: Dag, names: Mapping[str, str]) -> str:
    """Return the picture, one element a line: nodes with icon, colours, title, description and link.

    The cards of what a node uses and makes stand in it. `names` are those of the steps' apps, by step,
    where they are known. Texts are as written; of a colour or an icon that only a run tells the usual one
    is shown.
    """
    if len(dag.steps) > MOST_STEPS:
        return "\n".join(too_many(len(dag.steps)))
    nodes = {name: _node(step, names.get(name)) for name, step in pipeline.all_steps.items()}
    heights = {name: node.height for name, node in nodes.items()}
    layout = lay_out(dag, columns(pipeline, dag), dict.fromkeys(nodes, _WIDTH), heights)
    lines = [*opening(layout.width, layout.height), *arrows(layout.lines)]
    lines += final_line([layout.boxes[step] for step in pipeline.final_steps], layout)
    for name, box in layout.boxes.items():
        lines += _drawn(nodes[name], box)
    return "\n".join([*lines, "</svg>"])


def _node(step: Step, app_name: str | None) -> _Node:
    action = step.action
    if not isinstance(action, AppAction):
        return _Node(step, None, ())
    return _Node(step, node_look(action, app_name), tuple(cards(action)))


def _drawn(node: _Node, box: Box) -> Iterator[str]:
    step, look = node.step, node.look
    yield f"<g><title>{escape(_told(node))}</title>"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        f' rx="{16 if look is None else 6}" fill="{PAPER}" stroke="{LINE}" stroke-width="1.4"/>'
    )
    if look is None:
        yield text(box.x + 14, box.y + 19, shown(step.id, _LONGEST), INK, weight="600")
        yield text(box.x + 14, box.y + 34, shown(caption(step), _LONGEST), PALE)
    else:
        yield from _head(node, look, box)
        yield from _below(node, look, box)
    yield "</g>"


def _head(node: _Node, look: Look, box: Box) -> Iterator[str]:
    yield from _icon(look, box.x + 9, box.y + 8, 28)
    yield text(box.x + 46, box.y + 19, shown(look.title, _LONGEST), INK, weight="600")
    yield text(box.x + 46, box.y + 34, _below_title(node.step), PALE)


def _below_title(step: Step) -> str:
    """Return the step and its app; of a long one the end, which tells most."""
    told = clean(f"{step.id}  {caption(step)}")
    if len(told) <= _LONGEST:
        return told
    room = max(_LONGEST - len(step.id) - 3, 1)
    return shown(f"{step.id}  …{told[-room:]}", _LONGEST)


def _below(node: _Node, look: Look, box: Box) -> Iterator[str]:
    y = box.y + _HEAD + 8
    if look.description:
        yield text(box.x + 12, y, shown(look.description, _LONGEST + 5), PALE)
        y += _LINE
    if look.link is not None:
        yield text(box.x + 12, y, shown(f"{look.link[0]} ↗", _LONGEST + 5), _LINK)
        y += _LINE
    top = box.y + _HEAD + node.lines * _LINE
    for card in node.cards:
        yield from _card(card, box.x, top, box.width)
        top += _CARD


def _card(card: Card, x: float, y: float, width: float) -> Iterator[str]:
    look = card.look
    yield f"<g><title>{escape(clean(_card_told(card)))}</title>"
    yield f'<rect x="{x + 8:.1f}" y="{y:.1f}" width="{width - 16:.1f}" height="19" rx="4" fill="#f6f8fa"/>'
    yield text(x + 13, y + 13, "▸" if card.direction == "input" else "◂", PALE)
    yield from _icon(look, x + 26, y + 2, 15)
    yield text(x + 46, y + 13, shown(look.title, 18), INK)
    yield text(x + width - 13, y + 13, card.kind, PALE, anchor="end")
    yield "</g>"


def _icon(look: Look, x: float, y: float, size: float) -> Iterator[str]:
    yield (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.0f}" height="{size:.0f}" rx="{size / 5:.1f}"'
        f' fill="{look.icon_bg_color}"/>'
    )
    inner = size * 0.68
    edge = (size - inner) / 2
    yield from pictogram(clean(look.icon), x + edge, y + edge, inner, look.icon_color)


def _told(node: _Node) -> str:
    """Return all of a node's texts, for whom they are cut short in the picture."""
    told = [f"{node.step.id}: {caption(node.step)}"]
    if node.look is not None:
        link = f"{node.look.link[0]}: {node.look.link[1]}" if node.look.link else ""
        told += [part for part in (node.look.title, node.look.description, link) if part]
    return clean(", ".join(told))


def _card_told(card: Card) -> str:
    parts = (f"{card.direction} {card.name}: {card.kind}", card.look.title, card.look.description)
    return ", ".join(part for part in parts if part)
