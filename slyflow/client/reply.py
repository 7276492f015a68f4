"""What an instance's answers mean: JSON within limits, or the error that a status stands for."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import accumulate
from typing import NoReturn

from slyflow.client.retry import retry_after
from slyflow.errors import AuthError, BadReply, InstanceError, NotFound, NotSent, Rejected, Unavailable
from slyflow.model.value import Json
from slyflow.text import sanitize

DEPTH = 64
TEXT_LIMIT = 500
_STRINGS = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_TIMEOUT_STATUSES = (408, 499)


def parse(content: bytes, method: str) -> Json:
    """Return the JSON of an answer; BadReply when it is none, or nests deeper than 64."""
    _check_depth(content, method)
    try:
        value: Json = _JSON.decode(content.decode(json.detect_encoding(content), "surrogatepass"))
    except (ValueError, RecursionError) as error:
        shown = sanitize(content[:60].decode(errors="replace"), 60).replace("\n", " ")
        raise BadReply(f"{method}: the instance did not answer with JSON but with {shown!r}") from error
    # Half a surrogate pair can be neither stored nor printed.
    return _mended(value) if b"\\u" in content else value


def error_for(
    status: int, headers: Mapping[str, str], content: bytes, method: str, redact: Callable[[str], str]
) -> InstanceError | AuthError | None:
    """Return the error a status stands for, None when it stands for success."""
    if 200 <= status < 300:
        return None
    said = _said(content, redact)
    message = f"{method}: the instance answered {status}" + (f": {said}" if said else "")
    if status == 429 or status in _TIMEOUT_STATUSES or status >= 500:
        wait = retry_after(headers.get("retry-after"), datetime.now(UTC))
        # A request that was one too many was not looked at.
        kind = NotSent if status == 429 else Unavailable
        return kind(message, retry_after=wait)
    if 300 <= status < 400:
        return BadReply(
            f"{method}: the instance answered {status}, a redirect; redirects are not followed",
            hint="set SERVER_ADDRESS to the address it really has",
        )
    if status in (401, 403):
        return AuthError(message, hint="check API_TOKEN: is it this instance's, and may it do this?")
    if status == 404:
        return NotFound(message, status=status)
    return Rejected(message, status=status) if status >= 400 else BadReply(message)


def _check_depth(content: bytes, method: str) -> None:
    """Refuse deep nesting before parsing; whatever is not JSON is left to the parser."""
    brackets = _STRINGS.sub(b"", content).translate(None, _NOT_BRACKETS)
    left = brackets
    for _ in range(DEPTH):
        left = left.replace(b"[]", b"").replace(b"{}", b"")
        if not left:
            return
    # Deep, or unbalanced: counting one by one is slow, and seldom needed.
    if max(accumulate(map(_STEPS.__getitem__, brackets))) > DEPTH:
        raise BadReply(f"{method}: the answer nests deeper than {DEPTH}")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)


def _mended(value: Json) -> Json:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {_mended_text(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_mended(item) for item in value]
    return value


def _mended_text(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _said(content: bytes, redact: Callable[[str], str]) -> str:
    """Return the instance's own words about an error, on one line, without secrets or escapes."""
    try:
        body = parse(content[: TEXT_LIMIT * 100], "error")
    except BadReply:
        return ""
    words = list(dict.fromkeys(_words(body)))
    return sanitize(redact(" ".join("; ".join(words).split())), TEXT_LIMIT)


def _words(body: Json) -> list[str]:
    if not isinstance(body, Mapping):
        return []
    details = body.get("details")
    parts = details if isinstance(details, list) else [details]
    messages = [part.get("message") for part in parts if isinstance(part, Mapping)]
    return [text for text in (body.get("error"), *messages) if isinstance(text, str) and text]
