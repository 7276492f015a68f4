"""How Supervisely will show a step's node and the cards of its data, as far as the file tells."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from slyflow.graph.edge import planned_edges
from slyflow.graph.written import written
from slyflow.model.artifact import Kind
from slyflow.model.node import Direction
from slyflow.model.pipeline import AppAction, NodeSpec
from slyflow.model.value import Dynamic

_GREY = "#6e7781"
_ICONS: Mapping[Kind, tuple[str, str]] = {
    Kind.PROJECT: ("collection-image", "#0969da"),
    Kind.PROJECT_VERSION: ("time", "#0969da"),
    Kind.DATASET: ("folder", "#0969da"),
    Kind.FILE: ("file", "#1a7f37"),
    Kind.MODEL_WEIGHT: ("memory", "#8250df"),
    Kind.FOLDER: ("folder", "#1a7f37"),
    Kind.TASK: ("play", _GREY),
    Kind.JOB: ("label", "#9a6700"),
    Kind.APP_SESSION: ("play", _GREY),
    Kind.VALUE: ("chart", _GREY),
}


class Look(NamedTuple):
    """What is seen of a node or a card; texts are as written, `link` is the words and the path."""

    title: str
    description: str
    icon: str
    icon_color: str
    icon_bg_color: str
    link: tuple[str, str] | None


class Card(NamedTuple):
    """The data at the other end of an edge."""

    direction: Direction
    name: str
    kind: str
    look: Look


def node_look(action: AppAction, app_name: str | None) -> Look:
    """Return how the session's node looks; without a title of its own it has the app's name."""
    return _look(action.node, app_name or str(action.app), ("play", _GREY))


def cards(action: AppAction) -> Iterator[Card]:
    """Yield what the session uses and makes, in the order in which it is written."""
    for edge in planned_edges(action):
        look = _look(edge.card, edge.name, _ICONS[edge.kind])
        value = "" if edge.value is None else written(edge.value)
        if not look.description:
            look = look._replace(description=value)
        yield Card(edge.direction, edge.name, edge.kind.value, look)


def _look(spec: NodeSpec | None, title: str, icon: tuple[str, str]) -> Look:
    if spec is None:
        return Look(title, "", icon[0], "#ffffff", icon[1], None)

    def text(value: Dynamic, usual: str) -> str:
        return usual if value is None else written(value)

    link = None if spec.url is None else (text(spec.url_title, ""), text(spec.url, ""))
    return Look(
        text(spec.title, title),
        text(spec.description, ""),
        text(spec.icon, icon[0]),
        _color(text(spec.icon_color, "#ffffff"), "#ffffff"),
        _color(text(spec.icon_bg_color, icon[1]), icon[1]),
        link,
    )


def _color(text: str, usual: str) -> str:
    """Return a colour; one that only a run tells is shown as the usual one."""
    return text if re.fullmatch(r"#[0-9A-Fa-f]{6}", text) else usual
