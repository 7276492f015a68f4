"""Secret values and the one redactor that keeps them out of every sink."""

import base64
import json
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

MASK = "***"
# Shorter values would blank out ordinary words ("1", "no") all over a log.
SHORTEST = 4


class Secret:
    """A value that prints as `***`; `reveal` is the one way to read it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled")


class Redactor:
    """Replaces known secrets by `***` in text, in raw, JSON, URL, hex and base64 form."""

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._pattern: re.Pattern[str] | None = None
        self._forms: set[str] = set()
        self.add(*secrets)

    def add(self, *secrets: Secret) -> None:
        """Learn further secrets; very short ones are ignored."""
        for secret in secrets:
            value = secret.reveal()
            if len(value) >= SHORTEST:
                self._forms.update(_forms(value))
        if self._forms:
            longest_first = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def __call__(self, text: str) -> str:
        """Return `text` with every known secret replaced."""
        return self._pattern.sub(MASK, text) if self._pattern else text


def _forms(value: str) -> set[str]:
    from urllib.parse import quote, quote_plus  # not needed where nothing is secret

    raw = value.encode()
    forms = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
    forms |= {quote(value, safe=""), quote_plus(value), raw.hex(), raw.hex().upper()}
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        forms |= {_aligned(encode, raw, shift) for shift in range(3)}
    return {form for form in forms if len(form) >= SHORTEST}


def _aligned(encode: Callable[[bytes], bytes], raw: bytes, shift: int) -> str:
    """Return the base64 characters that depend on `raw` alone when `shift` bytes stand before it."""
    text = encode(b"\0" * shift + raw).decode().rstrip("=")
    start = (0, 2, 3)[shift]
    whole = (shift + len(raw)) * 8 // 6
    return text[start:whole]
