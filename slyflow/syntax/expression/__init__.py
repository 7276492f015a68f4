"""Expressions of the pipeline language: what they name, what type they have, and what they give."""

from typing import TYPE_CHECKING

from slyflow.syntax.expression.checking import Declarations, Declared, Unknown, check
from slyflow.syntax.expression.mention import expressions, references, secret_names

if TYPE_CHECKING:
    from slyflow.syntax.expression.evaluation import evaluate
    from slyflow.syntax.expression.scope import Scope

__all__ = [
    "Declarations",
    "Declared",
    "Scope",
    "Unknown",
    "check",
    "evaluate",
    "expressions",
    "references",
    "secret_names",
]


def __getattr__(name: str) -> object:
    # A validation never evaluates: it does not pay for importing what only a run needs.
    if name == "Scope":
        from slyflow.syntax.expression.scope import Scope

        return Scope
    if name == "evaluate":
        from slyflow.syntax.expression.evaluation import evaluate

        return evaluate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
