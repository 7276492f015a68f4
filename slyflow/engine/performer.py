"""Performs effects on an instance; the one place where the engine touches the world's other end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from slyflow.engine.effect import (
    Accepted,
    Answer,
    Collect,
    Collected,
    Done,
    Effect,
    Heard,
    Listed,
    Listen,
    LookUp,
    Poll,
    Prepare,
    Prepared,
    Send,
    Stop,
    Sweep,
    Wanted,
    WriteEdge,
)
from slyflow.engine.existing import Ambiguous, Missing, existing, known
from slyflow.engine.found import Finder
from slyflow.errors import BadReply, NotFound, Rejected
from slyflow.model.artifact import Artifact, Kind, Output
from slyflow.model.instance import Instance
from slyflow.model.launch import Workspace
from slyflow.model.session import LogLine, Session

LOG_TAIL = 50
# A list may lag or lose a row between two pages: that many absent sessions are asked for one by one.
CONFIRMED = 5


class Performer:
    """Turns an effect into calls; raises the errors of slyflow.errors."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def perform(self, effect: Effect) -> Answer:
        """Return the answer to one effect; nothing is repeated here."""
        match effect:
            case Prepare():
                return self._prepare(effect)
            case Send():
                return Accepted(self._instance.sessions.start(effect.launch))
            case LookUp() | Sweep() | Poll():
                return self._list(effect)
            case Collect():
                return self._collect(effect)
            case Listen() | Stop() | WriteEdge():
                return self._tell(effect)
            case _:
                assert_never(effect)

    def _list(self, effect: LookUp | Sweep | Poll) -> Listed:
        """A list that is refused tells nothing, unless it is refused because its workspace is no more."""
        try:
            match effect:
                case LookUp():
                    marker, place = effect.marker, effect.workspace
                    return Listed(self._instance.sessions.marked(marker, place, effect.above))
                case Sweep():
                    markers, place = effect.markers, effect.workspace
                    return Listed(self._instance.sessions.bearing(markers, place, effect.above))
                case Poll():
                    return self._poll(effect)
                case _:
                    assert_never(effect)
        except Rejected:
            if not self._instance.catalog.lacks(effect.workspace):
                raise
        if not isinstance(effect, Poll):
            return Listed((), place_gone=True)
        known = self._confirmed(effect, {})
        # Where the first few have gone with their workspace, the others have too.
        gone = known.gone if known.sessions else frozenset(effect.ids)
        return replace(known, gone=gone, place_gone=True)

    def _tell(self, effect: Listen | Stop | WriteEdge) -> Heard | Done:
        match effect:
            case Listen():
                lines = self._instance.sessions.log(effect.session_id, limit=1)
                return Heard(lines[-1] if lines else None)
            case Stop():
                return self._stop(effect.session_id)
            case WriteEdge():
                self._instance.workflow.write(effect.edge)
                return Done()
            case _:
                assert_never(effect)

    def _prepare(self, effect: Prepare) -> Prepared:
        before = {
            str(kind): tuple(item.id for item in existing(self._instance, effect.workspace, kind) if item.id)
            for kind in effect.compare
            if kind in (Kind.PROJECT, Kind.DATASET, Kind.FILE)
        }
        inputs: dict[str, Artifact] = {}
        missing: dict[str, str] = {}
        for name, wanted in effect.inputs.items():
            try:
                inputs[name] = self._input(wanted, effect.workspace)
            except Missing as error:
                missing[name] = f'input "{name}": {error}'
        watermark = self._instance.sessions.newest(effect.workspace.id) if effect.watermark else None
        return Prepared(watermark, before, inputs, missing)

    def _input(self, wanted: Wanted, workspace: Workspace) -> Artifact:
        if wanted.version_num is None:
            return known(self._instance, workspace, wanted.kind, wanted.value)
        try:
            version = self._instance.projects.version_id(int(wanted.value), wanted.version_num)
        except NotFound as error:
            message = f"project {wanted.value} has no version {wanted.version_num}"
            raise Missing(message) from error
        return Artifact(Kind.PROJECT_VERSION, version, name=f"version {wanted.version_num}")

    def _poll(self, effect: Poll) -> Listed:
        tracing = self._instance.tracing if effect.patience else None
        if tracing is not None:
            return self._confirmed(effect, tracing.watched(effect.ids, effect.patience))
        return self._confirmed(effect, self._instance.sessions.listed(effect.ids, effect.workspace))

    def _confirmed(self, effect: Poll, told: Mapping[int, Session]) -> Listed:
        """Ask for some of those that a list does not have one by one."""
        listed = dict(told)
        absent = [session_id for session_id in effect.ids if session_id not in listed]
        gone = set()
        for session_id in absent[:CONFIRMED]:
            try:
                listed[session_id] = self._instance.sessions.info(session_id)
            except NotFound:
                gone.add(session_id)
        return Listed(tuple(listed.values()), frozenset(gone))

    def _stop(self, session_id: int) -> Done:
        """A refused stop is no error: the session has ended, as its status will say."""
        try:
            self._instance.sessions.stop(session_id)
        except Rejected:
            return Done()
        return Done()

    def _collect(self, effect: Collect) -> Collected:
        session = self._instance.sessions.info(effect.session_id)
        tracing = self._instance.tracing
        traces = tracing.traces(effect.session_id) if tracing and effect.with_traces else None
        finder = Finder(self._instance, session, effect.workspace, effect.before, traces, effect.others)
        found: dict[str, Output] = {}
        missing: dict[str, str] = {}
        ambiguous: set[str] = set()
        for name, source in effect.queries.items():
            try:
                found[name] = finder.find(source)
            except (Missing, NotFound) as error:
                missing[name] = str(error)
                if isinstance(error, Ambiguous):
                    ambiguous.add(name)
        return Collected(
            session=session,
            found=found,
            missing=missing,
            ambiguous=frozenset(ambiguous),
            edges=traces.edges if traces is not None else None,
            log=self._log(effect.session_id) if effect.with_log else (),
        )

    def _log(self, session_id: int) -> Sequence[LogLine]:
        """Return the end of the log without progress; if it cannot be read, that decides nothing."""
        try:
            lines = self._instance.sessions.log(session_id)
        except (Rejected, BadReply):
            return ()
        return [line for line in lines if line.progress is None][-LOG_TAIL:]
