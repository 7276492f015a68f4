"""Watching sessions: an answer that waits until there is something to tell."""

import asyncio
import contextlib
import json
from typing import Any

from slyflow.instance import sessions
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import as_integer
from slyflow.instance.refusal import Refused
from slyflow.model.session import Status

MOST_IDS = 100_000
LONGEST = 30.0


async def _watch(call: Call) -> Reply:
    """Answer when a session has ended and a slot would stay free, or after `seconds`.

    While enough sessions wait for a slot nobody has to hurry: what ends meanwhile is told together.
    """
    ids, seconds = _ids(call), _seconds(call)
    runner = call.services.runner
    has_news = any(_has_ended(row) for row in _states(call, ids))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while not (has_news and runner.is_hungry):
                await runner.next_end()
                has_news = True
    return [_form(call, row) for row in _states(call, ids)]


def _form(call: Call, state: sessions.Row) -> dict[str, Any]:
    """Return all of an ended session, of another just how it is."""
    row = sessions.find(call.services.store, state["id"]) if _has_ended(state) else None
    return {"id": state["id"], "status": state["status"]} if row is None else sessions.list_form(row)


def _has_ended(state: sessions.Row) -> bool:
    return Status.read(state["status"]).is_terminal


def _states(call: Call, ids: str) -> list[sessions.Row]:
    return call.services.store.all(
        "SELECT id, status FROM session WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (ids,)
    )


def _ids(call: Call) -> str:
    """Return the ids as the text of a JSON list, as which SQLite takes any number of them."""
    ids = call.body.get("ids")
    if not isinstance(ids, list) or len(ids) > MOST_IDS:
        raise Refused(f'"ids" is missing, expected a list of at most {MOST_IDS} ids of sessions')
    return json.dumps([as_integer(item, f'item {place} of "ids"') for place, item in enumerate(ids)])


def _seconds(call: Call) -> float:
    seconds = call.body.get("seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST:
        raise Refused(f'"seconds" is {seconds!r}, expected a number from 0 to {LONGEST:g}')
    return float(seconds)


METHODS: Methods = {"embedded.watch": _watch}
