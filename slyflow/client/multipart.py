"""multipart/form-data bodies, the form in which the public API takes files."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

_ESCAPES = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; with `filename` it is a file."""

    name: str
    content: bytes = field(repr=False)
    filename: str | None = None


def encode(parts: Sequence[Part]) -> tuple[bytes, str]:
    """Return the body and its content type; the parts keep their order."""
    # Random, so that no content can contain it on purpose.
    boundary = f"slyflow-{secrets.token_hex(16)}"
    pieces = []
    for part in parts:
        pieces += [f"--{boundary}\r\n{_head(part)}\r\n\r\n".encode(), part.content, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode())
    return b"".join(pieces), f"multipart/form-data; boundary={boundary}"


def _head(part: Part) -> str:
    head = f'Content-Disposition: form-data; name="{part.name.translate(_ESCAPES)}"'
    if part.filename is None:
        return head
    return f'{head}; filename="{part.filename.translate(_ESCAPES)}"\r\nContent-Type: application/octet-stream'
