"""Expressions of the pipeline language: what they name, what type they have, and what they give."""

from slyflow.syntax.expression.evaluation import evaluate
from slyflow.syntax.expression.scope import Scope

__all__ = ["Scope", "evaluate"]
