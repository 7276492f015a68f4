"""Reads sessions from what an instance answers, in each of the shapes that it has for them."""

from slyflow.client.row import Row, as_id, at, identity
from slyflow.model.session import Session, Status


def read_session(row: Row, method: str) -> Session:
    """Return the session of a list's row, of `tasks.info` or of `tasks.run.app`; BadReply without an id."""
    names = (at(row, "meta", "name"), row.get("name"), row.get("description"))
    return Session(
        id=session_id_of(row, method),
        status=Status.read(row.get("status")),
        module_id=as_id(at(row, "meta", "app", "moduleId")) or as_id(row.get("moduleId")),
        workspace_id=as_id(row.get("workspaceId")),
        created_by=as_id(row.get("createdBy")) or as_id(row.get("userId")),
        marker_text="\n".join(name for name in names if isinstance(name, str)),
        info=row,
    )


def session_id_of(row: Row, method: str) -> int:
    """Return a session's id; a row of the shape of `tasks.run.app` names it `taskId`."""
    return identity(row, "id" if "id" in row else "taskId", method)
