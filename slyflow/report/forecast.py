"""What a run of a pipeline would do, as far as that is known before: apps, arguments, edges, lengths."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Literal

from slyflow.catalog.lock import Lock, LockedApp, asked_for
from slyflow.graph.critical import critical_path
from slyflow.graph.dag import Dag
from slyflow.graph.edge import PlannedEdge, planned_edges
from slyflow.graph.place import places
from slyflow.model.interface import Interface, target_key
from slyflow.model.pipeline import AppAction, Pipeline, Step, ValuesAction
from slyflow.model.value import Dynamic, Expression, Field, FromFile
from slyflow.record import record
from slyflow.syntax.expression.mention import expressions, references

Origin = Literal["default", "given", "expression", "file", "target"]
"""The app's own, a constant of the step, computed at run time, a file's content, or set by the target."""
Basis = Literal["history", "limit", "instant", "unknown"]
"""How long an earlier run took, the longest that `timeout.run` allows, no time, or nobody knows."""
NO_FOLDERS: Mapping[str, Interface] = MappingProxyType({})
_BEFORE = frozenset(("if", "target", "arguments", "title", "user", "inputs", "values"))


@record(frozen=True)
class Effective:
    """An argument as the app will get it: `value` is as written, the default for an `origin` of that."""

    name: str
    value: Dynamic
    origin: Origin


@record(frozen=True)
class Outlook:
    """What one step would do.

    `app` is what is locked, None where nothing is. `arguments` is None when they are one expression.
    `unknown` is what only a run tells. `seconds` is how long it takes, by `basis`.
    """

    step: Step
    wave: int
    needs: tuple[str, ...]
    app: LockedApp | None
    arguments: tuple[Effective, ...] | None
    edges: tuple[PlannedEdge, ...]
    unknown: tuple[str, ...]
    seconds: float | None
    basis: Basis
    is_critical: bool


@record(frozen=True)
class Forecast:
    """The steps of a pipeline in waves, final ones apart, and the critical path with its length.

    `seconds` is None when the length of no step on the path is known.
    """

    pipeline: Pipeline
    waves: tuple[tuple[Outlook, ...], ...]
    final: tuple[Outlook, ...]
    critical: tuple[str, ...]
    seconds: float | None
    lock: str | None

    @property
    def steps(self) -> Sequence[Outlook]:
        """All steps, in waves, final ones last."""
        return [*(one for wave in self.waves for one in wave), *self.final]


def forecast(
    pipeline: Pipeline,
    dag: Dag,
    lock: Lock | None,
    history: Mapping[str, float],
    folders: Mapping[str, Interface] = NO_FOLDERS,
) -> Forecast:
    """Return what a run would do; `history` is how many seconds steps took in an earlier run.

    `folders` is what apps in folders take, by their paths.
    """
    apps = _Apps(lock, folders)
    lengths = {name: _length(step, history) for name, step in pipeline.all_steps.items()}
    known = {name: seconds for name, (seconds, _) in lengths.items() if seconds is not None}
    path = critical_path(dag, known, pipeline.final_steps)
    told = [known[name] for name in path if name in known]
    waves: list[tuple[Outlook, ...]] = []
    final: list[Outlook] = []
    for wave in dag.waves():
        outlooks = [
            _outlook(pipeline, name, dag, apps, lengths[name], len(waves) + 1, name in path) for name in wave
        ]
        final += [one for one in outlooks if one.step.is_final]
        if here := tuple(one for one in outlooks if not one.step.is_final):
            waves.append(here)
    return Forecast(
        pipeline,
        tuple(waves),
        tuple(final),
        path,
        sum(told) if any(told) else None,
        lock.path if lock else None,
    )


def _length(step: Step, history: Mapping[str, float]) -> tuple[float | None, Basis]:
    if step.id in history:
        return history[step.id], "history"
    if isinstance(step.action, ValuesAction):
        return 0.0, "instant"
    return (None, "unknown") if step.timeout.run is None else (step.timeout.run, "limit")


def _outlook(
    pipeline: Pipeline,
    name: str,
    dag: Dag,
    apps: "_Apps",
    length: tuple[float | None, Basis],
    wave: int,
    is_critical: bool,  # noqa: FBT001  # one of the parts of an outlook
) -> Outlook:
    step = pipeline.all_steps[name]
    action = step.action
    app = apps.locked(action) if isinstance(action, AppAction) else None
    return Outlook(
        step,
        wave,
        dag.needs(name),
        app,
        effective(action, apps.interface(action)) if isinstance(action, AppAction) else (),
        planned_edges(action) if isinstance(action, AppAction) else (),
        tuple(_unknown(step, pipeline)),
        length[0],
        length[1],
        is_critical,
    )


@record(frozen=True)
class _Apps:
    """What is known of apps without an instance: from the lock, and from folders of the repository."""

    lock: Lock | None
    folders: Mapping[str, Interface]

    def locked(self, action: AppAction) -> LockedApp | None:
        asked = asked_for(action.app)
        return None if self.lock is None or asked is None else self.lock.apps.get(asked)

    def interface(self, action: AppAction) -> Interface | None:
        app = self.locked(action)
        return self.folders.get(action.app.path or "") if app is None else app.interface


def effective(action: AppAction, interface: Interface | None) -> tuple[Effective, ...] | None:
    """Return the arguments as the app will get them, with its defaults where they are known.

    None when the step computes all of them by one expression.
    """
    if isinstance(action.arguments, Expression):
        return None
    found: dict[str, Effective] = {}
    if interface is not None and action.merge_defaults:
        for name, default in (interface.arguments or {}).items():
            found[name] = Effective(name, default, "default")
    for name, field in action.arguments.items():
        found[name] = Effective(name, field.value, _origin(field))
    if isinstance(action.target, Mapping):
        for name, field in action.target.items():
            key = target_key(name)
            found[key] = Effective(key, field.value, "target")
    return tuple(found.values())


def _origin(field: Field) -> Origin:
    if isinstance(field.value, FromFile):
        return "file"
    return "expression" if any(True for _ in expressions(field.value)) else "given"


def _unknown(step: Step, pipeline: Pipeline) -> Iterator[str]:
    """Yield what a step reads before it starts and only a run tells, each once."""
    told: set[str] = set()
    for place in places(step):
        if place.key not in _BEFORE:
            continue
        for expression in expressions(place.value):
            for reference in references(expression):
                name = _told_by_run(reference.path, pipeline)
                if name is not None and name not in told:
                    told.add(name)
                    yield name


def _told_by_run(path: Sequence[str], pipeline: Pipeline) -> str | None:
    if path[0] == "params":
        param = pipeline.params.get(path[1]) if len(path) > 1 else None
        return f"params.{path[1]}" if param is not None and param.required else None
    return ".".join(path[:4] if path[0] == "steps" else path[:2])
