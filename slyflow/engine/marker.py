"""The marker of an attempt: a deterministic, unguessable name by which its session is found again."""

import hashlib
import hmac
import re
from dataclasses import dataclass

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_DESCRIPTION = re.compile(
    r"^slyflow run=([0-9a-z-]{1,64}) step=([a-z][a-z0-9_]{0,62}) attempt=([1-9][0-9]{0,5})"
    rf" marker=(sf-[{_CROCKFORD}]{{26}})$",
    re.ASCII | re.MULTILINE,
)


def marker(secret: bytes, run_id: str, step: str, attempt: int) -> str:
    """Return `sf-` and 26 base32 characters: the first 128 bits of an HMAC over run, step and attempt.

    A resumed process computes the same marker; nobody without the journal can plant a session with it.
    """
    message = f"{run_id}|{step}|{attempt}".encode()
    number = int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:16])
    digits = [_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)]
    return "sf-" + "".join(digits)


@dataclass(frozen=True, slots=True)
class Described:
    """Whose session it is, by its description."""

    run_id: str
    step: str
    attempt: int
    marker: str


def describe(whose: Described) -> str:
    """Return the description that a launch gives its session."""
    return f"slyflow run={whose.run_id} step={whose.step} attempt={whose.attempt} marker={whose.marker}"


def run_mark(run_id: str) -> str:
    """Return what the description of every session of the run holds."""
    return f"slyflow run={run_id} "


def read_description(text: str) -> Described | None:
    """Return what `describe` wrote, as a line of `text`; None when there is not exactly one."""
    found = set(_DESCRIPTION.findall(text))
    if len(found) != 1:
        return None
    run_id, step, attempt, mark = found.pop()
    return Described(run_id, step, int(attempt), mark)
