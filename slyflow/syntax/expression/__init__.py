"""Expressions of the pipeline language: what they name, what type they have, and what they give."""

from slyflow.syntax.expression.checking import Declarations, Declared, Unknown, check
from slyflow.syntax.expression.evaluation import evaluate
from slyflow.syntax.expression.mention import expressions, references, secret_names
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
