"""What only an embedded instance tells of sessions: their edges, what they made, and when one ends."""

from collections.abc import Iterator, Mapping, Sequence

from slyflow.client.files import Files
from slyflow.client.projects import Projects
from slyflow.client.retry import READ, SHORT, Timeout
from slyflow.client.row import Row, as_id, at, identity, mapping, rows, text
from slyflow.client.session import read_session
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Traces
from slyflow.model.node import EdgeKey
from slyflow.model.session import Session
from slyflow.model.value import Json

_METHOD = "embedded.traces"
_WATCH = "embedded.watch"
_CREATED = {"projects": Kind.PROJECT, "datasets": Kind.DATASET, "files": Kind.FILE}


class Tracing:
    """Reads the traces of sessions (`model.instance.Tracing`)."""

    def __init__(self, transport: Transport, files: Files, projects: Projects) -> None:
        self._transport = transport
        self._files = files
        self._projects = projects

    def traces(self, task_id: int) -> Traces:
        """Return what this session wrote and created and what still exists of it.

        BadReply when a part is missing: what is not told is not known to be nothing.
        """
        answer = mapping(self._transport.call(_METHOD, {"taskId": task_id}, retry=READ), _METHOD)
        created = (self._artifact(kind, data_id) for kind, data_id in _created(answer))
        written = (
            self._artifact(Kind(kind), row.get("id"))
            for row in rows(answer.get("written"), _METHOD)
            if (kind := text(row, "type")) in set(Kind)
        )
        return Traces(
            edges=frozenset(_key(row) for row in rows(answer.get("edges"), _METHOD)),
            written=tuple(artifact for artifact in written if artifact is not None),
            created=tuple(artifact for artifact in created if artifact is not None),
        )

    def watched(self, ids: Sequence[int], seconds: float) -> Mapping[int, Session]:
        """Return those of `ids` that exist, once one has ended or after `seconds`."""
        body: Json = {"ids": list(ids), "seconds": seconds}
        timeout = Timeout(read=SHORT.read + seconds)
        answer = rows(self._transport.call(_WATCH, body, retry=READ, timeout=timeout), _WATCH)
        sessions = (read_session(row, _WATCH) for row in answer)
        return {session.id: session for session in sessions}

    def _artifact(self, kind: Kind, data_id: Json) -> Artifact | None:
        if kind is Kind.FOLDER:
            return Artifact(kind, path=data_id) if isinstance(data_id, str) else None
        known = as_id(data_id)
        if known is None or kind is Kind.VALUE:
            return None
        try:
            if kind.by_path:
                file = self._files.file(known)
                return Artifact(kind, known, file.path, file.name, file.url)
            return self._projects.artifact(kind, known)
        except NotFound:
            return None  # made and removed again


def _created(answer: Row) -> Iterator[tuple[Kind, Json]]:
    for name, kind in _CREATED.items():
        made = at(answer, "created", name)
        if not isinstance(made, list):
            raise BadReply(f"{_METHOD}: created {name} is not a list")
        for data_id in made:
            yield kind, data_id


def _key(row: Mapping[str, Json]) -> EdgeKey:
    direction = row.get("direction")
    if direction != "input" and direction != "output":
        raise BadReply(f"{_METHOD}: an edge has no direction")
    return identity(row, "taskId", _METHOD), direction, text(row, "type") or "", str(row.get("id"))
