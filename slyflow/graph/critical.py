"""The critical path: the steps that a run waits for longest, one after another."""

from collections.abc import Collection, Mapping

from slyflow.graph.dag import Dag


def critical_path(dag: Dag, durations: Mapping[str, float], final: Collection[str]) -> tuple[str, ...]:
    """Return the steps of the longest way through a run, final ones last, as they begin when others ended.

    `durations` are seconds; a step without one takes as long as usual, each the same when none is known.
    """
    remaining = dag.remaining(durations)
    path: list[str] = []
    for group in (False, True):
        here = [step for step in dag.steps if (step in final) is group]
        starts = [step for step in here if not dag.needs(step)]
        while starts:
            # The first in the file of equally long ones.
            step = max(starts, key=remaining.__getitem__)
            path.append(step)
            starts = list(dag.dependents(step))
    return tuple(path)
