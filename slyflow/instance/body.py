"""Reads request bodies: JSON with limits of size, depth and time, anything else as a stream of chunks."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request

from slyflow.instance.refusal import Refused

LARGEST_JSON = 64 << 20
LARGEST_STREAM = 8 << 30
# A body must keep coming: after this long it must have averaged the slowest rate.
PATIENCE = 30.0
SLOWEST = 1024


async def chunks(request: Request, limit: int) -> AsyncIterator[bytes]:
    """Yield the body; 413 above `limit` bytes, 408 when it comes too slowly."""
    loop = asyncio.get_running_loop()
    began, received = loop.time(), 0
    stream = request.stream()
    while True:
        deadline = began + PATIENCE + received / SLOWEST
        try:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(stream, None)
        except TimeoutError as error:
            raise Refused("the request's body comes too slowly", status=408) from error
        except ClientDisconnect as error:
            raise Refused("the request's body was cut off", status=400) from error
        if chunk is None:
            return
        received += len(chunk)
        if received > limit:
            raise Refused(f"the request's body is larger than {limit >> 20} MiB", status=413)
        if chunk:
            yield chunk


async def read_json(request: Request) -> tuple[Mapping[str, Any], list[Any]]:
    """Return the query string merged with the JSON object (which wins), and a body that is a bare list."""
    query: dict[str, Any] = dict(request.query_params)
    if int(request.headers.get("content-length", 0)) > LARGEST_JSON:
        raise Refused(f"the request's body is larger than {LARGEST_JSON >> 20} MiB", status=413)
    content = b"".join([chunk async for chunk in chunks(request, LARGEST_JSON)])
    if not content:
        return query, []
    try:
        value = json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Refused(f"the request's body is not JSON: {error}") from error
    match value:
        case dict():
            return {**query, **value}, []
        case list():
            return query, value
        case None:
            return query, []
        case _:
            raise Refused("the request's body is neither a JSON object nor a list")


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
