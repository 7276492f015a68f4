"""Lists of sessions, read from the newest down to an id."""

from collections.abc import Iterator, Mapping

from slyflow.client.page import pages
from slyflow.client.row import Row
from slyflow.client.session import session_id_of
from slyflow.client.transport import Transport
from slyflow.model.value import Json

PAGE = 500


class Steadiness:
    """Watches the length of a list from page to page: rows that go may hide others that move up."""

    def __init__(self) -> None:
        self.holds = True
        self._total: dict[str, int] = {}

    def note(self, method: str, number: int, total: int) -> None:
        """Take note of the length that the list had when page `number` (from 0) was made."""
        if number and total < self._total.get(method, 0):
            self.holds = False
        self._total[method] = total


def newest_first(workspace_id: int, per_page: int) -> dict[str, Json]:
    """Return the body of `tasks.list` for a workspace's sessions, the highest id first."""
    return {
        "workspaceId": workspace_id,
        "filter": [],
        "sort": "id",
        "sort_order": "desc",
        "per_page": per_page,
    }


def down_to(
    transport: Transport,
    method: str,
    body: Mapping[str, Json],
    above: int,
    steady: Steadiness | None = None,
) -> Iterator[Row]:
    """Yield rows, newest first, until ids are no longer above; all rows when the list is not sorted so."""
    seen: list[int] = []
    descending = True
    for number, page in enumerate(pages(transport, method, body)):
        if steady is not None:
            steady.note(method, number, page.total)
        for row in page.rows:
            yield row
            seen.append(session_id_of(row, method))
            descending = descending and seen[-2:] == sorted(seen[-2:], reverse=True)
        # One row alone shows no order.
        if descending and len(seen) > 1 and seen[-1] <= above:
            return
