"""Supervisely's workflow graph: the settings of a node or card, and edges between a session and its data."""

from typing import Literal

from slyflow.model.artifact import Kind
from slyflow.record import record

Direction = Literal["input", "output"]
EdgeKey = tuple[int, Direction, str, str]
"""(task id, direction, type, id as text): the same key is never written twice."""


@record(frozen=True)
class NodeSettings:
    """How a node (or a card) looks, as plain text; the client escapes it and adds Supervisely's markup.

    `icon` is a Material Design Iconic Font name without `zmdi-`; icon and its two colours come
    together or not at all, so do `url` (starts with `/`) and `url_title`.
    """

    title: str | None = None
    description: str | None = None
    icon: str | None = None
    icon_color: str | None = None
    icon_bg_color: str | None = None
    url: str | None = None
    url_title: str | None = None


@record(frozen=True)
class Edge:
    """One `workflow.node.add-input` or `add-output` of a session's node.

    `data_id` is the artifact's id, or the path of a folder; for `app_session` the session itself.
    """

    team_id: int
    task_id: int
    direction: Direction
    kind: Kind
    data_id: int | str
    node: NodeSettings | None = None
    card: NodeSettings | None = None

    @property
    def key(self) -> EdgeKey:
        return (self.task_id, self.direction, self.kind.value, str(self.data_id))
