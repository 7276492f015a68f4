"""An app of which nothing says what will run: on a branch, or with neither a version nor a lock."""

from collections.abc import Iterator

from slyflow.catalog.lock import asked_for
from slyflow.catalog.pinning import unpinned
from slyflow.lint.subject import Subject
from slyflow.model.pipeline import AppAction
from slyflow.problem import Problem


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the apps that may be another at each run; of one that a lock lacks, the lock's check tells."""
    lock = subject.lock
    for step in subject.pipeline.all_steps.values():
        if not isinstance(step.action, AppAction):
            continue
        ref = step.action.app
        asked = asked_for(ref)
        if lock is None or asked is None or asked in lock.apps or ref.branch is not None:
            yield from unpinned(ref, None if lock is None or asked is None else lock.apps.get(asked))
