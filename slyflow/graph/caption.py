"""What a step does, in a few words below its name."""

from typing import assert_never

from slyflow.model.pipeline import AppAction, Step, ValuesAction
from slyflow.text import sanitize


def caption(step: Step) -> str:
    """Return the app with its version, or the names of the values, on one line."""
    match step.action:
        case AppAction(app=app):
            return sanitize(str(app)).replace("\n", " ")
        case ValuesAction(values=values):
            return f"values {', '.join(values)}".rstrip()
        case _:
            assert_never(step.action)
