"""What apps of the older engine say to `/agent/…`: their stream of events, and their log, in protobuf."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from functools import partial

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from slyflow.instance.body import chunks
from slyflow.instance.principal import Principal
from slyflow.instance.refusal import Refused
from slyflow.instance.services import Services
from slyflow.instance.sessionlog import LogFiles, LogWriter

LARGEST_LOG = 16 << 20
# An empty frame keeps the stream open; apps were seen content with this pace, in seconds.
KEEP_ALIVE = 0.5


def routes(services: Services) -> list[Route]:
    """Return the agents' routes."""
    return [
        Route("/agent/GetGeneralEventsStream", partial(_events, services), methods=["POST"]),
        Route("/agent/Log", partial(_log, services), methods=["POST"]),
    ]


async def _events(services: Services, request: Request) -> Response:
    session_id = _session_id(request)
    finished = None if session_id is None else services.runner.app_finished(session_id)
    if finished is None:
        return _refused(Refused("only a running session has events", status=403))
    return StreamingResponse(_frames(finished), media_type="application/octet-stream")


async def _frames(finished: asyncio.Event) -> AsyncIterator[bytes]:
    """Keep the stream open, and end it with the order to stop once the app says that it is done.

    From Python 3.13 on such an app waits at its end for this stream, so that nothing else ends it.
    """
    while not finished.is_set():
        yield b"\0\0\0\0"
        try:
            await asyncio.wait_for(finished.wait(), KEEP_ALIVE)
        except TimeoutError:
            continue
    stop = json.dumps({"command": "stop", "state": {}, "context": {}, "api_token": ""}).encode()
    event = _field(1, b"stop") + _field(2, stop)
    yield len(event).to_bytes(4, "big") + event


async def _log(services: Services, request: Request) -> Response:
    session_id = _session_id(request)
    if session_id is None:
        return _refused(Refused("only a session has a log", status=403))
    try:
        content = b"".join([chunk async for chunk in chunks(request, LARGEST_LOG)])
        lines = _strings(content)
    except Refused as refusal:
        return _refused(refusal)
    log = LogWriter(LogFiles(services.home.logs, session_id))
    try:
        if lines:
            log.append(b"\n".join(line.rstrip(b"\n") for line in lines) + b"\n", time.time())
    finally:
        log.close()
    return Response(b"", media_type="application/octet-stream")


def _session_id(request: Request) -> int | None:
    principal: Principal = request.scope["principal"]
    return principal.session_id


def _refused(refusal: Refused) -> Response:
    return Response(json.dumps(refusal.reply()), refusal.status, media_type="application/json")


def _field(number: int, content: bytes) -> bytes:
    """Encode one length-delimited protobuf field."""
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _strings(message: bytes) -> list[bytes]:
    """Decode `repeated string data = 1`, the only field of LogLines."""
    found, at = [], 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        length, at = _read_varint(message, at)
        if tag != 0x0A or at + length > len(message):
            raise Refused("the body is not the LogLines message")
        found.append(message[at : at + length])
        at += length
    return found


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 64:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
    raise Refused("the body is not the LogLines message")
