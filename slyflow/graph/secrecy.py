"""Secrets in what an instance shows to the whole team, read there or carried by another step's value."""

from collections.abc import Iterator, Mapping

from slyflow.graph.place import Place
from slyflow.model.value import Dynamic, Expression
from slyflow.problem import Problem
from slyflow.syntax.expression.mention import expressions, references

Carried = Mapping[tuple[str, str], str]
"""(step, output) → a secret that the output's value is made of."""
_SHOWN: Mapping[str, str] = {
    "arguments": "the arguments",
    "target": "the target",
    "title": "the title",
    "inputs": "an input",
    "node": "the node",
}
_HINT = "let the app read it from its own environment or from a file"


def shown_secrets(place: Place, carried: Carried) -> Iterator[Problem]:
    """Warn of secrets at a place of a step that the whole team can read on the instance."""
    if place.key not in _SHOWN:
        return
    for expression in expressions(place.value):
        for name, through in sorted(_secrets(expression, carried)):
            by = f" (by {through})" if through else ""
            message = (
                f'the secret "{name}"{by} can be read by the whole team in {_SHOWN[place.key]} of the session'
            )
            yield Problem(expression.span, message, "secret-shown", hint=_HINT)


def carried_secret(value: Dynamic, carried: Carried) -> str | None:
    """Return a secret that a value is made of, None when there is none."""
    return min((name for one in expressions(value) for name, _ in _secrets(one, carried)), default=None)


def _secrets(expression: Expression, carried: Carried) -> set[tuple[str, str]]:
    """Return the secrets that an expression reads, each with the output that carries it, if one does."""
    if not carried and "secrets" not in expression.source:
        return set()
    found: set[tuple[str, str]] = set()
    for reference in references(expression):
        match reference.path:
            case ("secrets", name, *_):
                found.add((name, ""))
            case ("steps", step, "outputs", output, *_) if (step, output) in carried:
                found.add((carried[step, output], f"steps.{step}.outputs.{output}"))
    return found
