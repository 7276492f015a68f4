"""A pipeline file that was checked and held against its lock and the apps of its repository, by itself."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from slyflow.catalog.lockfile import Locks
from slyflow.code import Code
from slyflow.graph.checked import problems_of
from slyflow.graph.dag import Dag
from slyflow.model.pipeline import AppAction, Pipeline, Step
from slyflow.problem import Problem, has_errors, in_order, strictly
from slyflow.record import record
from slyflow.syntax.load import Loaded

if TYPE_CHECKING:
    from slyflow.catalog.lock import Lock


@record(frozen=True)
class Ready:
    """A pipeline without errors, its order, the texts it was read from, and its lock if it has one.

    With `is_strict` a warning keeps it from running too.
    """

    pipeline: Pipeline
    dag: Dag
    loaded: Loaded
    lock: "Lock | None" = None
    is_strict: bool = False


@record(frozen=True)
class Held:
    """What a file says, its order if it has one, everything wrong with it, sorted, and its lock if any."""

    loaded: Loaded
    dag: Dag | None
    problems: Sequence[Problem]
    lock: "Lock | None"

    def ready(self, *, strict: bool = False) -> Ready | None:
        """Return the pipeline if it may run: without errors, with `strict` without warnings too."""
        if self.loaded.pipeline is None or self.dag is None or forbids(self.problems, strict=strict):
            return None
        return Ready(self.loaded.pipeline, self.dag, self.loaded, self.lock, strict)


def forbids(problems: Sequence[Problem], *, strict: bool) -> bool:
    """Say whether any of the problems keeps a pipeline from running."""
    return has_errors(strictly(problems) if strict else problems)


def held(file: str, locks: Locks, *, large: bool = False) -> Held:
    """Return what a file says, checked with its lock and its apps in folders.

    A damaged lock is a problem of its own.
    """
    loaded, dag, problems = problems_of(file, large=large)
    found = locks.of(file)
    if isinstance(found, Problem):
        problems, found = [*problems, found], None
    steps = _sound_steps(loaded)
    in_folders = [step for step in steps if _is_in_folder(step)]
    if found is None and not in_folders:
        return Held(loaded, dag, in_order(problems), None)
    told = [*_of_folders(in_folders, file), *_of_lock(steps, found, locks.name(file))]
    kept, silenced = loaded.parted(told)
    # Without a lock nobody knows what there is to be said of the other apps.
    idle = () if loaded.pipeline is None or found is None else loaded.idle(silenced, _is_of_apps)
    return Held(loaded, dag, in_order((*problems, *kept, *idle)), found)


def _of_folders(steps: Sequence[Step], file: str) -> Iterable[Problem]:
    if not steps:
        return ()
    # Imported here, as many pipelines have no such app, and the next many repositories no lock.
    from slyflow.catalog.folderapp import check_folder_apps

    return check_folder_apps(steps, file)


def _of_lock(steps: Sequence[Step], lock: "Lock | None", name: str) -> Iterable[Problem]:
    if lock is None:
        return ()
    from slyflow.catalog.lockcheck import check_against_lock

    return check_against_lock(steps, lock, name)


def _is_in_folder(step: Step) -> bool:
    return isinstance(step.action, AppAction) and step.action.app.path is not None


def _is_of_apps(code: Code) -> bool:
    return code.is_of_apps


def _sound_steps(loaded: Loaded) -> Sequence[Step]:
    """Return the steps of the pipeline, or those of one that cannot be run that nothing is wrong with."""
    if loaded.pipeline is not None:
        return list(loaded.pipeline.all_steps.values())
    if loaded.partly is None:
        return ()
    steps = loaded.partly.pipeline.all_steps
    return [step for name, step in steps.items() if ("steps", name) not in loaded.partly.unsound]
