"""The workflow graph: edges between a session's node and its data, as Supervisely's own SDK writes them."""

import html
from collections.abc import Mapping

from slyflow.client.retry import NEVER
from slyflow.client.teampath import check_path
from slyflow.client.transport import Transport
from slyflow.errors import Rejected
from slyflow.model.artifact import Kind
from slyflow.model.node import Edge, NodeSettings
from slyflow.model.value import Json
from slyflow.text import sanitize


class Workflow:
    """Writes the workflow graph (`model.instance.Workflow`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def write(self, edge: Edge) -> None:
        """Write one edge, once, and check the reply. Unavailable = it is unknown whether it was written."""
        method = f"workflow.node.add-{edge.direction}"
        answer = self._transport.call(method, payload(edge), retry=NEVER)
        error = answer.get("error") if isinstance(answer, Mapping) else None
        if error:
            raise Rejected(f"{method}: {sanitize(str(error), 300)}", status=200)


def payload(edge: Edge) -> dict[str, Json]:
    """Return the body of `workflow.node.add-input` and `-output`."""
    body: dict[str, Json] = {
        "teamId": edge.team_id,
        "node": {"type": "task", "id": edge.task_id},
        "type": edge.kind.value,
        "id": _data_id(edge),
    }
    meta = {
        name: settings(styled)
        for name, styled in (("customNodeSettings", edge.node), ("customRelationSettings", edge.card))
        if styled is not None
    }
    filled = {name: value for name, value in meta.items() if value}
    return {**body, "meta": filled} if filled else body


def settings(node: NodeSettings) -> dict[str, Json]:
    """Return a node's look in Supervisely's own markup, with the text escaped."""
    look: dict[str, Json] = {}
    if node.title is not None:
        look["title"] = f"<h4>{html.escape(node.title)}</h4>"
    if node.description is not None:
        look["description"] = f"<small>{html.escape(node.description)}</small>"
    if node.icon is not None and node.icon_color is not None and node.icon_bg_color is not None:
        look["icon"] = {
            "icon": f"zmdi-{node.icon}",
            "color": node.icon_color,
            "backgroundColor": node.icon_bg_color,
        }
    if node.url is not None and node.url_title is not None:
        look["mainLink"] = {"url": node.url, "title": html.escape(node.url_title)}
    return look


def _data_id(edge: Edge) -> int | str:
    if edge.kind is Kind.APP_SESSION:
        return edge.task_id
    return check_path(edge.data_id) if isinstance(edge.data_id, str) else edge.data_id
