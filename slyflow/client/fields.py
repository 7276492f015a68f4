"""Fields of an app's window, `data.x` and `state.y`: read, set, extended, and set up."""

from collections.abc import Mapping, Sequence

from slyflow.client.retry import READ, WRITE
from slyflow.client.row import mapping
from slyflow.client.transport import Transport
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.text import sanitize

_EMPTY_DATA: tuple[str, ...] = ("notifyDialog", "scrollIntoView")


@record(frozen=True)
class Change:
    """One field's new value; `append` adds it to the list there, `recursive` merges it into the map there."""

    field: str
    value: Json
    append: bool = False
    recursive: bool = False


class Fields:
    """Reads and writes the fields of sessions, by their dotted names."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, session_id: int, field: str) -> Json:
        """Return one field, None when it is not set."""
        return self.get_all(session_id, [field])[field]

    def get_all(self, session_id: int, fields: Sequence[str]) -> Mapping[str, Json]:
        """Return these fields by name, with one request; None for one that is not set."""
        method = "tasks.data.get"
        asked: Json = {"taskId": session_id, "fields": [_checked(field) for field in fields]}
        answer = mapping(self._transport.call(method, asked, retry=READ), method)
        found = mapping(answer.get("result"), method)
        return {field: found.get(field) for field in fields}

    def set(self, session_id: int, values: Mapping[str, Json]) -> None:
        """Set these fields to these values, with one request."""
        told = [{"field": _checked(field), "payload": value} for field, value in values.items()]
        self._send(session_id, told, is_repeatable=True)

    def change(self, session_id: int, changes: Sequence[Change]) -> None:
        """Make these changes in order, with one request.

        One that appends is not sent again unless it certainly did not arrive: Unavailable = unknown.
        """
        told = [
            {
                "field": _checked(change.field),
                "payload": change.value,
                "append": change.append,
                "recursive": change.recursive,
            }
            for change in changes
        ]
        self._send(session_id, told, is_repeatable=not any(change.append for change in changes))

    def initialize(
        self,
        session_id: int,
        template: str,
        data: Mapping[str, Json] | None = None,
        state: Mapping[str, Json] | None = None,
    ) -> None:
        """Set up a window: its template, and all of its data and state. What is given is not changed."""
        filled = {**dict.fromkeys(_EMPTY_DATA), **(data or {})}
        self.set(session_id, {"template": template, "data": filled, "state": state or {}})

    def _send(self, session_id: int, fields: Sequence[Mapping[str, Json]], *, is_repeatable: bool) -> None:
        if not fields:
            raise UsageError("there are no fields to set")
        told: Json = {"taskId": session_id, "fields": fields}
        self._transport.call("tasks.data.set", told, retry=READ if is_repeatable else WRITE)


def _checked(field: str) -> str:
    if not all(part and part.isprintable() for part in field.split(".")):
        raise UsageError(
            f"{sanitize(field, 100)!r} is no name of a field",
            hint='names are "data" and "state", and what is in them: "data.table.0.name"',
        )
    return field
