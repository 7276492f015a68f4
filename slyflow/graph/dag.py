"""The steps of a pipeline as a directed acyclic graph, in the order of the file."""

from collections.abc import Iterable, Mapping

from slyflow.record import field, record


@record(frozen=True)
class Dag:
    """Steps in file order and their direct dependencies; `from_needs` makes one.

    `order` is topological and keeps the order of the file where dependencies leave a choice.
    """

    steps: tuple[str, ...]
    order: tuple[str, ...] = field(repr=False)
    _needs: Mapping[str, tuple[str, ...]] = field(repr=False)
    _dependents: Mapping[str, tuple[str, ...]] = field(repr=False)

    def needs(self, step: str) -> tuple[str, ...]:
        """Return the steps that a step depends on directly, in file order."""
        return self._needs[step]

    def dependents(self, step: str) -> tuple[str, ...]:
        """Return the steps that depend on a step directly, in file order."""
        return self._dependents[step]

    def waves(self) -> tuple[tuple[str, ...], ...]:
        """Return the steps in waves: each step one wave after the last of those it needs."""
        level: dict[str, int] = {}
        for step in self.order:
            level[step] = 1 + max((level[need] for need in self._needs[step]), default=-1)
        waves: list[list[str]] = [[] for _ in range(1 + max(level.values(), default=-1))]
        for step in self.steps:
            waves[level[step]].append(step)
        return tuple(map(tuple, waves))

    def remaining(self, durations: Mapping[str, float] | None) -> Mapping[str, float]:
        """Return for each step the longest way from its start to the end of the run.

        In seconds where durations are known: a step without one takes the median of the others;
        in steps when none is known.
        """
        known = [durations[step] for step in self.steps if step in durations] if durations else []
        typical = sorted(known)[len(known) // 2] if known else 1.0
        longest: dict[str, float] = {}
        for step in reversed(self.order):
            own = durations.get(step, typical) if durations and known else typical
            longest[step] = own + max((longest[later] for later in self._dependents[step]), default=0.0)
        return longest


class Cycle(Exception):
    """The steps depend on each other in a circle; `path` begins and ends with its first step."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(" → ".join(path))
        self.path = path


def from_needs(needs: Mapping[str, Iterable[str]]) -> Dag:
    """Make the Dag of steps in file order and what each needs; Cycle when there is one.

    Every step that is needed must be one of the steps.
    """
    place = {step: index for index, step in enumerate(needs)}
    sorted_needs = {step: tuple(sorted(set(some), key=place.__getitem__)) for step, some in needs.items()}
    dependents: dict[str, list[str]] = {step: [] for step in needs}
    for step, some in sorted_needs.items():
        for need in some:
            dependents[need].append(step)
    backwards = all(place[need] < place[step] for step, some in sorted_needs.items() for need in some)
    order = tuple(needs) if backwards else _sorted(sorted_needs, place)
    return Dag(tuple(needs), order, sorted_needs, {step: tuple(some) for step, some in dependents.items()})


def _sorted(needs: Mapping[str, tuple[str, ...]], place: Mapping[str, int]) -> tuple[str, ...]:
    # Most files refer backwards only: they never pay for importing networkx.
    import networkx

    graph: networkx.DiGraph[str] = networkx.DiGraph()
    graph.add_nodes_from(needs)
    graph.add_edges_from((need, step) for step, some in needs.items() for need in some)
    try:
        return tuple(networkx.lexicographical_topological_sort(graph, key=place.__getitem__))
    except networkx.NetworkXUnfeasible:
        circle = [edge[0] for edge in networkx.find_cycle(graph)]
        first = min(range(len(circle)), key=lambda index: place[circle[index]])
        # An edge leads from a step to its dependents; a person reads "a needs b", the other way.
        path = [circle[first - step] for step in range(len(circle))]
        raise Cycle((*path, path[0])) from None
