"""Lists that an instance answers in pages: one page, or all of them, told apart from a list that moved."""

from collections.abc import Iterator, Mapping, Sequence
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
    """One page: its rows, how many a page may have, and how many rows and pages the whole list had."""

    rows: list[Row]
    size: int
    total: int
    pages: int


def pages(transport: Transport, method: str, body: Mapping[str, Json]) -> Iterator[Page]:
    """Yield the pages of a list, as the body sorts them (by id, ascending, when it does not say)."""
    first = _read(transport, method, body)
    yield first
    number, last = 1, first
    while last.rows and number < last.pages:
        number += 1
        _check_number(number, method)
        last = _read(transport, method, body, number, first)
        yield last


def entities(transport: Transport, method: str, body: Mapping[str, Json]) -> list[Row]:
    """Return all rows, by id and each once: every one that was in the list all the while it was read.

    A list that changed as it was read is read again, up to three times in all; then what any reading
    showed is returned, rows that have gone meanwhile among it.
    """
    seen: dict[str, Row] = {}
    for _ in range(SCANS):
        read = _backwards(transport, method, body)
        found = _rows_once(read)
        seen.update(found)
        totals = {page.total for page in read}
        if len(totals) == 1 and len(found) >= max(totals):
            return list(found.values())
    return list(seen.values())


def _backwards(transport: Transport, method: str, body: Mapping[str, Json]) -> list[Page]:
    """Read all pages, the first one first and last, and return them in the order of the list.

    Rows that go move others up, to the page before: read from the end, a row is met twice, never missed.
    New rows have the highest ids, and stand after all others.
    """
    first = _read(transport, method, body)
    if not first.rows or first.pages < 2:
        return [first]
    _check_number(first.pages, method)
    numbers = [*range(first.pages, 1, -1), 1]
    read = [_read(transport, method, body, number, first) for number in numbers]
    return [first, *reversed(read)]


def _rows_once(read: Sequence[Page]) -> dict[str, Row]:
    listed = [row for page in read for row in page.rows]
    return {str(row.get("id", f"at {place}")): row for place, row in enumerate(listed)}


def _check_number(number: int, method: str) -> None:
    if number > MOST_PAGES:
        raise BadReply(f"{method}: the list does not end after {MOST_PAGES} pages")


def _read(
    transport: Transport, method: str, body: Mapping[str, Json], number: int = 1, first: Page | None = None
) -> Page:
    """Read one page; those after the first are asked for in the size that the first one had."""
    request: dict[str, Json] = {"sort": "id", "sort_order": "asc", **body}
    if first is not None:
        request["page"] = number
        request.setdefault("per_page", first.size)
    return _page(transport.call(method, request, retry=READ), method)


def _page(answer: Json, method: str) -> Page:
    if isinstance(answer, list):
        found = rows(answer, method)
        return Page(found, len(found), len(found), 1)
    whole_answer = mapping(answer, method)
    found = rows(whole_answer.get("entities"), method)
    return Page(
        found,
        whole(whole_answer, "perPage") or len(found),
        whole(whole_answer, "total", len(found)),
        whole(whole_answer, "pagesCount", 1),
    )
