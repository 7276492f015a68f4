"""One API call as its handler sees it: the merged body, who asks, and what the handler may use."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from slyflow.instance.principal import Principal
from slyflow.instance.refusal import missing
from slyflow.instance.services import Services


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `body` is the query string and the JSON object merged; `items` a body that is a bare list.

    `stream` gives the raw body of a multipart or octet-stream request in chunks; None for other bodies.
    Header names are in lower case.
    """

    method: str
    principal: Principal
    services: Services
    body: Mapping[str, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Callable[[], AsyncIterator[bytes]] | None = None

    def one(self, what: str, item_id: int, sql: str) -> sqlite3.Row:
        """Return the one row of a query with `item_id` as its argument; 404 when there is none."""
        row = self.services.store.one(sql, (item_id,))
        if row is None:
            raise missing(what, item_id)
        return row

    def made(self, kind: str, data_id: int) -> None:
        """Remember, in the open transaction, that the calling session created this.

        `kind` is a word of model.artifact.Kind. Nothing is remembered for a user.
        """
        if self.principal.session_id is not None:
            self.services.store.run(
                "INSERT OR IGNORE INTO creation (session_id, kind, data_id) VALUES (?, ?, ?)",
                (self.principal.session_id, kind, data_id),
            )

    @property
    def now(self) -> str:
        """The time as the API writes it: ISO 8601, UTC, milliseconds."""
        return self.services.now()


Reply = Response | dict[str, Any] | list[Any] | str | int | bool | None
"""A handler's answer: JSON, sent with 200, or a whole response."""
Handler = Callable[[Call], Reply] | Callable[[Call], Awaitable[Reply]]
"""A plain function runs on the loop's thread, which owns the store; an `async` one may await in between."""
Methods = Mapping[str, Handler]
