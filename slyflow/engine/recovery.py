"""The sessions of a run whose journal was lost: found on the instance, and held against the pipeline."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from slyflow.engine.launch import is_ours
from slyflow.engine.marker import Described, read_description, run_mark
from slyflow.engine.move import View
from slyflow.engine.request import build
from slyflow.engine.setup import Setup
from slyflow.engine.standing import Standing
from slyflow.errors import ExpressionError
from slyflow.model.event import SessionRecovered
from slyflow.model.instance import Instance
from slyflow.model.pipeline import AppAction
from slyflow.model.session import Session, Status
from slyflow.model.value import Json


@dataclass(frozen=True, slots=True)
class Found:
    """A session that says that it is of the run; `doubts` are the reasons not to believe it."""

    session: Session
    whose: Described | None
    doubts: tuple[str, ...]


class Search:
    """Looks for one run's sessions; `setup.run` is the event that the new journal would begin with."""

    def __init__(self, setup: Setup, instance: Instance) -> None:
        self._run = setup.run
        self._instance = instance
        self._standing = Standing(setup, Random(0), 0.0)  # noqa: S311 - nothing is drawn from it

    def found(self, ignored: Collection[int]) -> list[Found]:
        """Return all sessions but the ignored ones whose description names the run, by id."""
        workspaces = {self._run.workspaces[step] for step in self._run.apps}
        mark = run_mark(self._run.run_id)
        sessions = {
            session.id: session
            for workspace in workspaces
            for session in self._instance.sessions.bearing((mark,), workspace, 0)
        }
        return [self._judged(sessions[known]) for known in sorted(sessions) if known not in ignored]

    def _judged(self, session: Session) -> Found:
        whose = read_description(session.marker_text)
        return Found(session, whose, tuple(self._doubts(session, whose)))

    def _doubts(self, session: Session, whose: Described | None) -> Iterator[str]:
        if whose is None or whose.run_id != self._run.run_id:
            yield "its description is not one that slyflow writes"
            return
        if session.name is not None and not session.name.startswith(whose.marker):
            yield "its title does not begin with the marker in its description"
        if not isinstance(getattr(self._standing.steps.get(whose.step), "action", None), AppAction):
            yield f'the pipeline has no app step "{whose.step}"'
            return
        view = self._standing.view(whose.step)
        if not is_ours(view, session):
            yield "it is of another app, workspace or user than its step's"
            return
        differing = self._differing(view, session, whose)
        if differing:
            yield f"it was launched with other values of {', '.join(differing)}: are the params the same?"

    def _differing(self, view: View, session: Session, whose: Described) -> list[str]:
        """Return the names of arguments that differ, of those that can be computed and are told."""
        try:
            expected = build(self._run, view.step, view.action, whose.attempt, view.scope()).launch.state
        except ExpressionError:
            return []  # it takes other steps' outputs
        told = _state(self._instance.sessions.info(session.id).info)
        if told is None:
            return []
        # When exactly the run began only the lost journal knew.
        names = (name for name in expected if self._run.started_at not in str(expected[name]))
        return sorted(name for name in names if told.get(name) != expected[name])


def facts(found: Sequence[Found]) -> list[SessionRecovered]:
    """Return what a new journal says of the sessions: of each attempt first the one that is kept."""
    told = [(one.whose, one.session) for one in found if one.whose is not None]
    told.sort(key=lambda pair: (pair[0].step, pair[0].attempt, _has_failed(pair[1]), pair[1].id))
    return [SessionRecovered(whose.step, whose.attempt, session.id, whose.marker) for whose, session in told]


def _has_failed(session: Session) -> bool:
    return session.status in (Status.ERROR, Status.STOPPED)


def _state(info: Mapping[str, Json]) -> Mapping[str, Json] | None:
    meta = info.get("meta")
    params = meta.get("params") if isinstance(meta, Mapping) else None
    state = params.get("state") if isinstance(params, Mapping) else None
    return state if isinstance(state, Mapping) else None
