"""The marker of an attempt: a deterministic, unguessable name by which its session is found again."""

import hashlib
import hmac

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def marker(secret: bytes, run_id: str, step: str, attempt: int) -> str:
    """Return `sf-` and 26 base32 characters: the first 128 bits of an HMAC over run, step and attempt.

    A resumed process computes the same marker; nobody without the journal can plant a session with it.
    """
    message = f"{run_id}|{step}|{attempt}".encode()
    number = int.from_bytes(hmac.digest(secret, message, hashlib.sha256)[:16])
    digits = [_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)]
    return "sf-" + "".join(digits)
