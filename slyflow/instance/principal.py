"""Who asks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks, by the token: a user, or a session acting for that user."""

    user_id: int
    session_id: int | None = None
