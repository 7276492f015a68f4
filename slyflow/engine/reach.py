"""Whether the instance still answers what the run asks, and when it is time to give up on it."""

from collections.abc import Hashable
from dataclasses import dataclass

from slyflow.engine.effect import Collect, Effect, Listen, LookUp, Poll, Reply, Sweep
from slyflow.engine.policy import Policy
from slyflow.errors import AuthError, BadReply, Gone, NotFound, SlyflowError, Unavailable

# What is asked again until it is answered.
Read = Poll | Sweep | LookUp | Collect | Listen


@dataclass(slots=True)
class _Streak:
    """Failures of one read in a row: how many, when the first was, and how many of them were refusals."""

    since: float
    failures: int = 0
    refusals: int = 0


class Reach:
    """What the replies say of the instance; `halt` is the error to leave the run with, None until then.

    A refused token ends it at once, and so does the end of an embedded instance's process; an instance
    out of reach, or a read that is never answered well, ends it after `unreachable_after`; a read that is
    refused, after a few times. No step fails by that.
    """

    def __init__(self, policy: Policy) -> None:
        self.halt: SlyflowError | None = None
        self._policy = policy
        self._unreachable_since: float | None = None
        self._streaks: dict[Hashable, _Streak] = {}

    def note(self, reply: Reply, now: float) -> None:
        """Take note of how an effect ended."""
        answer = reply.answer
        if isinstance(answer, AuthError | Gone):
            self.halt = answer
            return
        if not isinstance(answer, Unavailable | BadReply):
            self._unreachable_since = None
        elif self._unreachable_since is None:
            self._unreachable_since = now
        elif now - self._unreachable_since > self._policy.unreachable_after:
            self.halt = answer
        if isinstance(reply.effect, Listen) and isinstance(answer, NotFound):
            return  # whether the session is still there, polls tell
        if isinstance(reply.effect, Read):
            self._note_read(reply.effect, answer, now)

    def _note_read(self, effect: Read, answer: object, now: float) -> None:
        """Count what fails again and again, even while everything else goes well."""
        key = _key(effect)
        if not isinstance(answer, SlyflowError):
            self._streaks.pop(key, None)
            return
        streak = self._streaks.setdefault(key, _Streak(now))
        streak.failures += 1
        streak.refusals = 0 if isinstance(answer, Unavailable | BadReply) else streak.refusals + 1
        if streak.refusals >= self._policy.most_refusals:
            self.halt = _refused(effect, answer, streak.refusals)
        elif now - streak.since > self._policy.unreachable_after and streak.failures > 2:
            self.halt = answer


def _key(effect: Effect) -> Hashable:
    if isinstance(effect, Poll | Sweep):
        return type(effect), effect.workspace
    return type(effect), effect.step, effect.attempt


def _refused(effect: Read, answer: SlyflowError, times: int) -> Unavailable:
    where = f"workspace {effect.workspace.id}" if isinstance(effect, Poll | Sweep) else f"step {effect.step}"
    return Unavailable(
        f"{answer.message} ({times} times in a row, for {where})",
        hint="see that the workspace and its sessions exist and that the token may read them, then resume",
    )
