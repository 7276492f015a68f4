"""Values that a draft must not hold: what is known to be secret, or looks like it by its name or form."""

import re
from collections.abc import Callable
from itertools import pairwise

from slyflow.catalog.draft.naming import free_id, words_of
from slyflow.model.value import Json
from slyflow.syntax.emit import Code

_SECRET = frozenset(
    ("apikey", "credential", "credentials", "passphrase", "passwd", "password", "pwd", "secret", "token")
)
_PAIRS = frozenset((word, "key") for word in ("access", "api", "auth", "private", "secret"))
_URL_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]*://[^/@\s:]*:[^/@\s]+@", re.IGNORECASE)


class Secrets:
    """The secrets of one draft; `redact` gives a text without the values that are known to be secret.

    `names` are the environment variables that a run must have, by name what each is for.
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        self._values: dict[tuple[str, str], str] = {}
        self.names: dict[str, str] = {}

    def swap(self, step: str, key: str, value: Json) -> Code | None:
        """Return the expression that stands for a secret in this step, None for what is none."""
        if not isinstance(value, str) or not value:
            return None
        if not (looks_secret(key) or _URL_PASSWORD.search(value) or self._redact(value) != value):
            return None
        if (step, value) not in self._values:
            # Never a bare API_TOKEN: that variable is the token of slyflow itself.
            name = free_id(f"{step}_{key}", {known.lower() for known in self.names}).upper()
            self._values[step, value] = name
            self.names[name] = f"{key} of {step}"
        return Code(f"secrets.{self._values[step, value]}")


def looks_secret(key: str) -> bool:
    """Say whether a key's name is that of a secret."""
    words = words_of(key)
    return not _SECRET.isdisjoint(words) or not _PAIRS.isdisjoint(pairwise(words))
