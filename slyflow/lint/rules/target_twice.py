"""Two values for one key of what an app is started with, found without knowing the app."""

from collections.abc import Iterator

from slyflow.catalog.check import target_keys
from slyflow.lint.subject import Subject
from slyflow.model.pipeline import AppAction
from slyflow.problem import Problem


def find(subject: Subject) -> Iterator[Problem]:
    """Yield the targets and arguments that set a key a second time."""
    for step in subject.pipeline.all_steps.values():
        if isinstance(step.action, AppAction):
            yield from target_keys(step.action)
