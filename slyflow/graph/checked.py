"""A pipeline file read, ordered and checked, and everything found wrong with it."""

from collections.abc import Iterable

from slyflow.code import Code
from slyflow.graph.dag import Dag
from slyflow.graph.resolve import resolve
from slyflow.problem import Problem, in_order
from slyflow.syntax.load import Loaded, load
from slyflow.text import plural


def problems_of(file: str, *, large: bool = False) -> tuple[Loaded, Dag | None, list[Problem]]:
    """Return what the file says, its order if it has one, and everything wrong with it, sorted."""
    loaded = load(file, large=large)
    if loaded.pipeline is None:
        return loaded, None, in_order((*loaded.problems, *loaded.judged(_further_problems(loaded))))
    resolution = resolve(loaded.pipeline)
    kept, silenced = loaded.parted(resolution.problems)
    idle = loaded.idle((*loaded.silenced, *silenced), _is_of_file)
    return loaded, resolution.dag, in_order((*loaded.problems, *kept, *idle))


def _is_of_file(one: Code) -> bool:
    """Say whether a code is looked for here: it needs no app, and is no opinion."""
    return not one.is_of_apps and not one.is_opinion


def _further_problems(loaded: Loaded) -> Iterable[Problem]:
    """Return what is wrong among the sound parts of a pipeline that cannot be run."""
    partly = loaded.partly
    return () if partly is None else resolve(partly.pipeline, partly.unsound).problems


def count(problems: Iterable[Problem]) -> str:
    """Return `2 errors, 1 warning`, or `no problems`."""
    severities = [problem.severity for problem in problems]
    told = [
        plural(severities.count(severity), severity)
        for severity in ("error", "warning", "note")
        if severity in severities
    ]
    return ", ".join(told) or "no problems"
