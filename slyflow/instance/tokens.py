"""Lists by token: instead of a page's number a client passes back the `after` of the last reply."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slyflow.instance.call import Call
from slyflow.instance.fields import optional_integer, optional_text
from slyflow.instance.listing import Listing, Row, page


def token_page(call: Call, listing: Listing, form: Callable[[Row], Any]) -> dict[str, Any]:
    """Return a page by number, or, with `pagination_mode: token`, one that names the next in `after`.

    `after` is null on the last page; a token is the number of the page it stands for. `filters`, which
    mean something else in each of these lists, are the caller's to turn into the listing.
    """
    plain = replace(call, body={key: value for key, value in call.body.items() if key != "filters"})
    if optional_text(call.body, "pagination_mode") != "token":
        return page(plain, listing, form)
    number = max(optional_integer(call.body, "after") or 1, 1)
    reply = page(replace(plain, body={**plain.body, "page": number}), listing, form)
    return {**reply, "after": str(number + 1) if number < reply["pagesCount"] else None}
