"""Pages of a list as the API gives them: filter, sort, page, with exactly the keys that clients read."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.fields import objects, optional_integer, optional_text
from slyflow.instance.refusal import Refused
from slyflow.instance.store import Argument

DEFAULT_PER_PAGE = 500
MOST_PER_PAGE = 10_000
_OPERATORS = {"=": "=", "!=": "<>", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


Row = sqlite3.Row


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: `FROM … WHERE …` with its arguments, and the fields that may be filtered and sorted.

    `fields` maps the API's names to SQL expressions of ours, `id` among them; text from a client is
    always an argument, never SQL.
    """

    source: str
    arguments: Sequence[Argument]
    fields: Mapping[str, str]
    columns: str = "*"
    sort: str = "id"


def page(call: Call, listing: Listing, form: Callable[[Row], Any]) -> dict[str, Any]:
    """Return one page of the list: `{total, perPage, pagesCount, entities}`, each row through `form`."""
    store = call.services.store
    source, arguments = filtered(call, listing)
    asked = optional_integer(call.body, "per_page") or optional_integer(call.body, "perPage")
    per_page = min(max(asked or DEFAULT_PER_PAGE, 1), MOST_PER_PAGE)
    number = max(optional_integer(call.body, "page") or 1, 1)
    count = store.one(f"SELECT count(*) AS n {source}", arguments)
    total = count["n"] if count else 0
    rows = store.all(
        f"SELECT {listing.columns} {source} {order(call, listing)} LIMIT ? OFFSET ?",
        (*arguments, per_page, (number - 1) * per_page),
    )
    return {
        "total": total,
        "perPage": per_page,
        "pagesCount": max(-(-total // per_page), 1),
        "entities": [form(row) for row in rows],
    }


def filtered(call: Call, listing: Listing) -> tuple[str, tuple[Argument, ...]]:
    """Return `FROM … WHERE …` with the call's `filter` (or `filters`) added, and the arguments."""
    source, arguments = listing.source, list(listing.arguments)
    for wanted in objects(call.body, "filter") or objects(call.body, "filters"):
        condition, values = _condition(listing, wanted)
        source += f" AND {condition}"
        arguments += values
    return source, tuple(arguments)


def order(call: Call, listing: Listing) -> str:
    """Return the ORDER BY of the call's `sort` and `sort_order`."""
    name = optional_text(call.body, "sort") or listing.sort
    column = listing.fields.get(name)
    if column is None:
        raise Refused(f'cannot sort by "{name}", only by {", ".join(sorted(listing.fields))}')
    direction = optional_text(call.body, "sort_order") or optional_text(call.body, "sortOrder") or "asc"
    if direction.lower() not in ("asc", "desc"):
        raise Refused(f'"sort_order" is "{direction}", expected asc or desc')
    # The id last keeps pages stable where the sorted values are equal.
    return f"ORDER BY {column} {direction}, {listing.fields['id']} {direction}"


def _condition(listing: Listing, wanted: Mapping[str, Any]) -> tuple[str, list[Argument]]:
    name, operator, value = wanted.get("field"), wanted.get("operator", "="), wanted.get("value")
    column = listing.fields.get(name) if isinstance(name, str) else None
    if column is None:
        raise Refused(f'cannot filter by "{name}", only by {", ".join(sorted(listing.fields))}')
    if operator == "in":
        values = value if isinstance(value, list) else [value]
        return f"{column} IN ({', '.join('?' * len(values))})", [_argument(column, item) for item in values]
    if operator not in _OPERATORS:
        raise Refused(f"unknown filter operator {operator!r}, expected in, {', '.join(_OPERATORS)}")
    if value is None:
        return f"{column} IS {'NOT ' if operator == '!=' else ''}NULL", []
    return f"{column} {_OPERATORS[operator]} ?", [_argument(column, value)]


def _argument(column: str, value: object) -> Argument:
    """Return a filter's value for SQLite; ids that came as text compare as numbers."""
    if isinstance(value, str) and column.endswith("id") and value.isdecimal() and len(value) < 20:
        return int(value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise Refused("a filter's value is a number, text, true, false or null")
