"""Lists in token mode: each page names the next one in `after`, the last one names none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.fields import optional_integer
from slyflow.instance.listing import Listing, Row, page


def token_page(call: Call, listing: Listing, form: Callable[[Row], Any]) -> dict[str, Any]:
    """Return one page; a token is the number of the page it stands for.

    `filters`, which mean something else in each of these lists, are the caller's to turn into the listing.
    """
    number = max(optional_integer(call.body, "after") or optional_integer(call.body, "page") or 1, 1)
    body = {key: value for key, value in call.body.items() if key != "filters"}
    reply = page(replace(call, body={**body, "page": number}), listing, form)
    return {**reply, "after": str(number + 1) if number < reply["pagesCount"] else None}
