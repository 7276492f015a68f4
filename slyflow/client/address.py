"""Which addresses and tokens may be used: https unless loopback, nothing but an origin, nothing odd."""

import ipaddress
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from slyflow.errors import UsageError
from slyflow.secret import Secret
from slyflow.text import sanitize

LONGEST_TOKEN = 4096


def check_address(text: str) -> str:
    """Return the address as an origin without a trailing slash; UsageError says what is wrong with it."""
    shown = sanitize(text, 200).replace("\n", " ")
    if text != text.strip() or not text.isascii() or not text.isprintable():
        raise UsageError(
            f"the server address {shown!r} holds a space or a character outside ASCII",
            hint="write an international name in its xn-- form",
        )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{_shown(text)} is no server address: {error}") from error
    _check_parts(parts, text)
    host = parts.hostname or ""
    if parts.scheme == "http" and not is_loopback(host):
        raise UsageError(
            f"the server address {shown!r} is not encrypted, and the token would travel with it",
            hint=f'use "https://{host}"; http is allowed for 127.0.0.1 and [::1] only',
        )
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port is not None else "")


def _check_parts(parts: SplitResult, text: str) -> None:
    if parts.scheme not in ("http", "https") or "://" not in text:
        raise UsageError(
            f"the server address {_shown(text)} does not begin with https://",
            hint='write it in full, such as "https://app.supervisely.com"',
        )
    if "@" in parts.netloc:
        raise UsageError(
            "the server address holds a user or a password",
            hint="write the address alone; the token belongs in API_TOKEN",
        )
    if not parts.hostname:
        raise UsageError(f"the server address {_shown(text)} has no host")
    if parts.path not in ("", "/") or parts.query or parts.fragment or "?" in text or "#" in text:
        raise UsageError(
            f"the server address {_shown(text)} holds more than a host and a port",
            hint=f'write "{parts.scheme}://{parts.netloc}"',
        )


def check_token(token: Secret) -> None:
    """Refuse a token that cannot stand in a header; the message never quotes it."""
    value = token.reveal()
    if not value or len(value) > LONGEST_TOKEN or not value.isascii() or not value.isprintable():
        raise UsageError("API_TOKEN is empty, too long, or holds a character that a token cannot have")
    if " " in value:
        raise UsageError("API_TOKEN holds a space", hint="copy the token again, without what is around it")


def is_loopback(host: str) -> bool:
    """Say whether a host is a loopback address literal; a name is not, whatever it resolves to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Return the proxy that the environment names for this address, None for loopback and `no_proxy`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or is_loopback(host) or _bypassed(host, parts.port, environ):
        return None
    names = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    return next((environ[name] for name in names if environ.get(name)), None)


def _bypassed(host: str, port: int | None, environ: Mapping[str, str]) -> bool:
    listed = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    for entry in filter(None, (part.strip().lower() for part in listed.split(","))):
        name = entry.lstrip("*").lstrip(".")
        if entry == "*" or name in (host, f"{host}:{port}") or (name and host.endswith(f".{name}")):
            return True
    return False


def _shown(text: str) -> str:
    # What stands before an @ may be a password.
    return repr(sanitize(text.rsplit("@", 1)[-1], 200).replace("\n", " "))
