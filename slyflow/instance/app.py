"""The HTTP application: one path for all API methods, the agents' paths, and errors in the API's shape."""

import inspect
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from slyflow.instance.body import LARGEST_STREAM, chunks, read_json
from slyflow.instance.call import Call, Handler, Reply
from slyflow.instance.principal import Principal
from slyflow.instance.refusal import Refused
from slyflow.instance.services import Services
from slyflow.instance.shield import Recognise, Shield

API = "/public/api/v3/"
VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_log = logging.getLogger(__name__)

Find = Callable[[str], Handler | None]


def create_app(
    services: Services, find: Find, routes: Sequence[Route], *, port: int, recognise: Recognise
) -> ASGIApp:
    """Return the application.

    `find` gives a method's handler; `routes` are what does not look like an API method.
    """
    # A bare router: errors are answered here, so that Starlette's two layers for them would do nothing.
    app = Router(
        [
            Route(API + "{method}", _Api(services, find), methods=VERBS),
            Route("/", _hello, methods=["GET"]),
            *routes,
        ]
    )
    return Shield(app, port=port, recognise=recognise)


class _Api:
    """The API methods, an application of its own: around a function Starlette would put one more layer."""

    def __init__(self, services: Services, find: Find) -> None:
        self._services = services
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await _answer(Request(scope, receive, send), self._services, self._find)
        await response(scope, receive, send)


async def _hello(_request: Request) -> Response:
    # Apps of the older engine ask for this before anything else, and want a 200.
    return PlainTextResponse("slyflow embedded instance\n")


async def _answer(request: Request, services: Services, find: Find) -> Response:
    method = request.path_params["method"]
    try:
        handler = find(method)
        if handler is None:
            raise Refused(f'the embedded instance has no method "{method}"', status=404)
        return _response(await _handle(handler, await _call(request, services, method)))
    except Refused as refusal:
        return json_response(refusal.reply(), status=refusal.status)
    except (UnicodeEncodeError, OverflowError) as error:
        # Half a character, or a number beyond 64 bits: JSON can say them, no record can hold them.
        return json_response(Refused(f"a value in the request cannot be stored: {error}").reply(), status=400)
    except (sqlite3.OperationalError, OSError) as error:
        # A full disk, above all: the caller may try again, the server lives on.
        _log.exception("%s", method)
        return json_response(Refused(f"{method} failed: {_reason(error)}").reply(), status=500)
    except Exception:  # noqa: BLE001 - a handler's mistake must not tell the caller about our insides
        _log.exception("%s", method)
        return json_response(Refused(f"{method} failed, see the instance's log").reply(), status=500)


async def _call(request: Request, services: Services, method: str) -> Call:
    principal = cast("Principal", request.scope["principal"])
    headers = dict(request.headers)
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("multipart/form-data", "application/octet-stream"):
        query: Mapping[str, Any] = dict(request.query_params)
        stream = partial(chunks, request, LARGEST_STREAM)
        return Call(method, principal, services, query, headers=headers, stream=stream)
    body, items = await read_json(request)
    return Call(method, principal, services, body, items, headers)


async def _handle(handler: Handler, call: Call) -> Reply:
    reply = handler(call)
    return await reply if inspect.isawaitable(reply) else reply


def _response(reply: Reply) -> Response:
    return reply if isinstance(reply, Response) else json_response(reply)


def json_response(value: object, *, status: int = 200) -> Response:
    """Return JSON, compact, with its exact length."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # A lone surrogate can stand in JSON but not in UTF-8.
    return Response(content.encode("utf-8", "replace"), status, media_type="application/json")


def _reason(error: sqlite3.Error | OSError) -> str:
    return error.strerror or "input or output error" if isinstance(error, OSError) else str(error)
