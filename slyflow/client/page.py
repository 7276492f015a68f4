"""Lists that an instance answers in pages: one page, or all of them, told apart from a list that moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slyflow.client.retry import READ
from slyflow.client.row import Row, mapping, rows, whole
from slyflow.client.transport import Transport
from slyflow.errors import BadReply
from slyflow.model.value import Json

MOST_PAGES = 10_000
SCANS = 3


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its rows, and how many rows and pages the whole list had when it was made."""

    rows: list[Row]
    total: int
    pages: int


def pages(transport: Transport, method: str, body: Mapping[str, Json]) -> Iterator[Page]:
    """Yield the pages of a list, as the body sorts them (by id, ascending, when it does not say)."""
    request: dict[str, Json] = {"sort": "id", "sort_order": "asc", **body}
    for number in range(1, MOST_PAGES + 1):
        answer = transport.call(method, request, retry=READ)
        page = _page(answer, method)
        yield page
        if not page.rows or number >= page.pages:
            return
        request["page"] = number + 1
        if isinstance(answer, Mapping) and "per_page" not in body:
            request["per_page"] = whole(answer, "perPage", len(page.rows))
    raise BadReply(f"{method}: the list does not end after {MOST_PAGES} pages")


def entities(transport: Transport, method: str, body: Mapping[str, Json]) -> list[Row]:
    """Return all rows, each id once; looks again when rows were lost because the list moved meanwhile."""
    found: list[Row] = []
    for _ in range(SCANS):
        read = list(pages(transport, method, body))
        listed = [row for page in read for row in page.rows]
        found = list({str(row.get("id", place)): row for place, row in enumerate(listed)}.values())
        totals = {page.total for page in read}
        if len(totals) == 1 and len(found) >= max(totals):
            break
    return found


def _page(answer: Json, method: str) -> Page:
    if isinstance(answer, list):
        found = rows(answer, method)
        return Page(found, len(found), 1)
    whole_answer = mapping(answer, method)
    found = rows(whole_answer.get("entities"), method)
    return Page(found, whole(whole_answer, "total", len(found)), whole(whole_answer, "pagesCount", 1))
