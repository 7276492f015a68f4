"""Keeps everybody but the token's holder out: wrong hosts, other origins, missing tokens, odd bodies."""

import json
from collections.abc import Callable, Mapping, Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slyflow.instance.principal import Principal

BODY_TYPES = frozenset({"application/json", "multipart/form-data", "application/octet-stream"})
# Nothing here is meant for a browser; these make sure that one does nothing with it.
SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'"),
    (b"cache-control", b"no-store"),
)
LARGEST_HEAD = 16 << 10
_SAFE_SITES = frozenset({"none", "same-origin"})

Recognise = Callable[[str], Principal | None]


class Shield:
    """ASGI middleware in front of every route; `scope["principal"]` is who was let in."""

    def __init__(self, app: ASGIApp, *, port: int, recognise: Recognise) -> None:
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"})
        self._origins = frozenset(f"http://{host}" for host in self._hosts)
        self._recognise = recognise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *SECURITY_HEADERS]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = _malformed(scope["headers"], headers) or self._stranger(headers)
        if refusal is None and not (scope["path"] == "/" and scope["method"] in ("GET", "HEAD")):
            refusal = self._uninvited(scope, headers)
        if refusal is not None:
            await _refuse(guarded, *refusal)
            return
        await self._app(scope, receive, guarded)

    def _stranger(self, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Refuse what a browser sends on behalf of another page (DNS rebinding, cross-site requests)."""
        if headers.get("host", "").lower() not in self._hosts:
            return 421, "this server answers only to its loopback address"
        if "origin" in headers and headers["origin"] not in self._origins:
            return 403, "requests of other origins are refused"
        if headers.get("sec-fetch-site", "none") not in _SAFE_SITES:
            return 403, "requests of other sites are refused"
        if "upgrade" in headers:
            return 403, "this server speaks plain HTTP only"
        return None

    def _uninvited(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        # Apps of the older engine and agents send their token as x-token.
        token = headers.get("x-api-key") or headers.get("x-token") or ""
        principal = self._recognise(token)
        if principal is None:
            return 401, "the token in x-api-key is missing or wrong"
        scope["principal"] = principal
        sized = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in BODY_TYPES and (sized or kind) and scope["method"] not in ("GET", "HEAD"):
            return 415, f"the body must be one of {', '.join(sorted(BODY_TYPES))}"
        return None


def _malformed(sent: Sequence[tuple[bytes, bytes]], headers: Mapping[str, str]) -> tuple[int, str] | None:
    """Refuse heads that are too large, and those that two readers could read in two ways."""
    if sum(len(name) + len(value) for name, value in sent) > LARGEST_HEAD:
        return 431, f"the request's headers are larger than {LARGEST_HEAD >> 10} KiB"
    names = [name for name, _ in sent]
    repeated = any(names.count(name) > 1 for name in (b"host", b"content-length", b"x-api-key"))
    if repeated or ("content-length" in headers and "transfer-encoding" in headers):
        return 400, "the request's headers contradict each other"
    return None


async def _refuse(send: Send, status: int, message: str) -> None:
    body = json.dumps({"error": message, "details": {"message": message}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    # The body, if any, is not read: the connection cannot be used again.
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
