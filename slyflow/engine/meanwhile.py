"""Which steps' sessions were under way meanwhile: what appeared on the instance may be any of theirs."""

from collections.abc import Iterator

from slyflow.engine.state import Phase, StepEvent, StepState
from slyflow.model.event import AttemptFailed, DuplicateEnded, DuplicateFound, LaunchResolved, StepEnded
from slyflow.model.pipeline import FailureKind


class Meanwhile:
    """Takes note of every step's facts in order, and tells who was under way since an attempt began.

    A session is under way from its launch's first sending until it is known to have ended. One that a
    launch of unknown outcome may have left, or a duplicate that was not seen to end, stays under way.
    """

    def __init__(self) -> None:
        self._turn = 0
        self._begun: dict[str, int] = {}
        self._under_way: dict[str, None] = {}
        self._left: dict[str, int] = {}
        self._strays: dict[str | int, str] = {}

    def note(self, event: StepEvent, before: StepState, after: StepState) -> None:
        """Take note of a fact; `before` and `after` are where its step stood and stands."""
        self._turn += 1
        step = event.step
        if after.attempt > before.attempt:
            self._begun[step] = self._turn
        self._note_way(step, before, after)
        match event:
            case AttemptFailed() | StepEnded() if _is_unknown(event):
                self._strays[step] = step
            case LaunchResolved():
                self._strays.pop(step, None)
            case DuplicateFound():
                self._strays[event.session_id] = step
            case DuplicateEnded():
                self._strays.pop(event.session_id, None)
            case _:
                pass

    def _note_way(self, step: str, before: StepState, after: StepState) -> None:
        if _is_under_way(after):
            self._under_way[step] = None
        elif _is_under_way(before):
            self._under_way.pop(step, None)
            if after.phase is not Phase.LAUNCHING:  # else nothing was accepted
                self._left.pop(step, None)  # the latest to leave stand last
                self._left[step] = self._turn

    def beside(self, step: str) -> list[str]:
        """Return the steps with a session under way since the step's attempt began.

        The step itself is among them when an earlier session of it may be.
        """
        return list(dict.fromkeys(self._beside(step)))

    def _beside(self, step: str) -> Iterator[str]:
        yield from (other for other in self._under_way if other != step)
        yield from self._strays.values()
        begun = self._begun.get(step, 0)
        for other, turn in reversed(self._left.items()):
            if turn < begun:
                return
            if other != step:
                yield other


def _is_under_way(state: StepState) -> bool:
    return state.phase is Phase.RUNNING or (state.phase is Phase.LAUNCHING and state.doubtful > 0)


def _is_unknown(event: AttemptFailed | StepEnded) -> bool:
    failure = event.failure if isinstance(event, AttemptFailed) else event.result.failure
    return failure is not None and failure.kind is FailureKind.LAUNCH_UNKNOWN
