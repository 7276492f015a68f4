"""The tokens that open this instance, and whose they are."""

import hashlib
import hmac

from slyflow.instance.principal import Principal


class Keyring:
    """The tokens that open this instance: the user's, and one of each live session."""

    def __init__(self, user_token: str, user_id: int) -> None:
        self._user = _digest(user_token)
        self._user_id = user_id
        self._sessions: dict[bytes, int] = {}

    def admit(self, token: str, session_id: int) -> None:
        """Let a session in."""
        self._sessions[_digest(token)] = session_id

    def dismiss(self, token: str) -> None:
        """Refuse the session's token from now on."""
        self._sessions.pop(_digest(token), None)

    def recognise(self, token: str) -> Principal | None:
        """Return whose token this is. Digests are compared, so timing tells nothing of a token."""
        digest = _digest(token)
        if hmac.compare_digest(digest, self._user):
            return Principal(self._user_id)
        session_id = self._sessions.get(digest)
        return None if session_id is None else Principal(self._user_id, session_id)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
