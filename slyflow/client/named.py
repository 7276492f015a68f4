"""The one row of a list that has a name."""

from collections.abc import Iterable

from slyflow.client.row import Row, text
from slyflow.errors import NotFound, UsageError
from slyflow.text import did_you_mean


def only(found: Iterable[Row], name: str, what: str) -> Row:
    """Return the one row with exactly this name; NotFound when there is none, UsageError for more."""
    listed = list(found)
    fitting = [row for row in listed if row.get("name") == name]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        known = [known for row in listed if (known := text(row, "name"))]
        raise NotFound(f'there is no {what} "{name}"{did_you_mean(name, known)}', status=404)
    ids = ", ".join(sorted(text(row, "slug") or str(row.get("id")) for row in fitting))
    raise UsageError(
        f'there are {len(fitting)} {what}s named "{name}": {ids}', hint="say which, by slug or id"
    )
