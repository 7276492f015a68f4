"""What a running session answers: requests to its app, and whether it is ready for them."""

import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

from slyflow.client.retry import NEVER, Timeout
from slyflow.client.row import at
from slyflow.client.sessions import Sessions
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Gone, NotFound, NotSent, Rejected, Unavailable, UsageError
from slyflow.model.value import Json

NO_CONTEXT: Mapping[str, Json] = MappingProxyType({})
# From the instance's limit to ours: it answers itself that the app did not.
SLACK = 10.0


class Readiness(StrEnum):
    """What came of waiting for a session to answer."""

    READY = "ready"
    LATE = "late"
    ENDED = "ended"
    GONE = "gone"


class Endpoints:
    """Sends requests to the apps of running sessions."""

    def __init__(self, transport: Transport, sessions: Sessions) -> None:
        self._transport = transport
        self._sessions = sessions

    def ask(
        self,
        session_id: int,
        command: str,
        state: Mapping[str, Json],
        *,
        context: Mapping[str, Json] = NO_CONTEXT,
        seconds: int = 60,
        from_outside: bool = True,
        wants_answer: bool = True,
    ) -> Json:
        """Send a request to the app's endpoint `command`, once, and return the app's own answer.

        The app has `seconds` to answer. Without `from_outside` it takes `state` for its own state; without
        `wants_answer` it is not waited for. Rejected: the session does not run, or the app refuses.
        """
        if not command or seconds < 1:
            raise UsageError("a request needs the name of an endpoint, and a limit of at least one second")
        told: Json = {
            "taskId": session_id,
            "command": command,
            "context": {**context, "outside_request": from_outside},
            "state": state,
            "skipResponse": not wants_answer,
            "timeout": seconds,
        }
        timeout = Timeout(read=seconds + SLACK, total=seconds + 120.0)
        return self._transport.call("tasks.request.direct", told, retry=NEVER, timeout=timeout)

    def is_running(self, session_id: int, *, seconds: int = 1) -> bool:
        """Say whether the app answers that it is running."""
        return at_top(self._asked(session_id, "is_running", seconds), "running") is True

    def is_ready(self, session_id: int, *, seconds: int = 60) -> bool:
        """Say whether the app answers that it is ready to work, which may come later than running."""
        return at_top(self._asked(session_id, "is_ready", seconds), "status") == "ready"

    def wait_until_running(
        self,
        session_id: int,
        *,
        seconds: float = 100.0,
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Readiness:
        """Wait until the app answers that it is running; a session that has ended is not waited for."""
        began = clock()
        while not self.is_running(session_id):
            try:
                if self._sessions.info(session_id).status.is_terminal:
                    return Readiness.ENDED
            except NotFound:
                return Readiness.GONE
            left = began + seconds - clock()
            if left <= 0:
                return Readiness.LATE
            sleep(min(every, left))
        return Readiness.READY

    def _asked(self, session_id: int, command: str, seconds: int) -> Json:
        """Return the answer, None when there is none: an app that is not up yet fails in many ways."""
        try:
            return self.ask(session_id, command, {}, seconds=seconds)
        except (NotSent, Gone):
            raise
        except (Rejected, Unavailable, BadReply):
            return None


def at_top(answer: Json, key: str) -> Json:
    """Return what stands in an answer under a key, None where it is no object or has no such key."""
    return at(answer, key) if isinstance(answer, Mapping) else None
