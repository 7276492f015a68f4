"""A pipeline file that was checked and held against the lock of its repository, without any instance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slyflow.catalog.lockfile import Locks
from slyflow.code import Code
from slyflow.graph.checked import problems_of
from slyflow.graph.dag import Dag
from slyflow.model.pipeline import Pipeline, Step
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
    """Return what a file says, checked with its lock; a damaged lock is a problem of its own."""
    loaded, dag, problems = problems_of(file, large=large)
    found = locks.of(file)
    if found is None:
        return Held(loaded, dag, problems, None)
    if isinstance(found, Problem):
        return Held(loaded, dag, in_order((*problems, found)), None)
    # Imported here, as many repositories have no lock.
    from slyflow.catalog.lockcheck import check_against_lock

    told = check_against_lock(_sound_steps(loaded), found, locks.name(file))
    kept, silenced = loaded.parted(told)
    idle = () if loaded.pipeline is None else loaded.idle(silenced, _is_of_apps)
    return Held(loaded, dag, in_order((*problems, *kept, *idle)), found)


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
