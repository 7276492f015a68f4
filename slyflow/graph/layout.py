"""Where the steps of a picture stand: in columns, in an order with few crossings, lines passing no box."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from slyflow.graph.dag import Dag

BOX_HEIGHT = 40.0
_LINE_HEIGHT = 8.0
_APART = 14.0
_BETWEEN_COLUMNS = 44.0
_MARGIN = 12.0
_ROUNDS = 3
NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Box:
    """A step's place: its upper left corner and its size in pixels."""

    x: float
    y: float
    width: float
    height: float = BOX_HEIGHT

    @property
    def middle(self) -> float:
        """The height at which lines leave and arrive."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture of `width` by `height` pixels; a line is the points it passes, from box to box."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    lines: Sequence[Sequence[tuple[float, float]]]


def lay_out(
    dag: Dag,
    columns: Sequence[Sequence[str]],
    widths: Mapping[str, float],
    heights: Mapping[str, float] = NOTHING,
) -> Layout:
    """Return the picture of the steps in these columns, each step in a later one than all it needs.

    `widths` are those of the boxes, and so are `heights`, BOX_HEIGHT for a step that is not in them. The
    same steps always give the same picture.
    """
    sketch = _Sketch(dag, columns, heights)
    sketch.order()
    sketch.align()
    return sketch.drawn(widths)


@dataclass(frozen=True, slots=True)
class _Vertex:
    """A step in its column, or a column that lines from it pass on their way."""

    step: str
    column: int
    height: float = _LINE_HEIGHT
    is_box: bool = False


_Joined = Mapping[_Vertex, Collection[_Vertex]]


class _Sketch:
    """Columns of vertices from top to bottom; `middles` is the height of each."""

    def __init__(self, dag: Dag, columns: Sequence[Sequence[str]], heights: Mapping[str, float]) -> None:
        self._dag = dag
        self._boxes = {
            step: _Vertex(step, index, heights.get(step, BOX_HEIGHT), is_box=True)
            for index, column in enumerate(columns)
            for step in column
        }
        self._ways = [self._way(need, step) for step in dag.steps for need in dag.needs(step)]
        # In dicts, not sets: their order is that of the file.
        self._before: dict[_Vertex, dict[_Vertex, None]] = {}
        self._after: dict[_Vertex, dict[_Vertex, None]] = {}
        stacks: list[dict[_Vertex, None]] = [{self._boxes[step]: None for step in one} for one in columns]
        for way in self._ways:
            for one, following in pairwise(way):
                self._after.setdefault(one, {})[following] = None
                self._before.setdefault(following, {})[one] = None
                stacks[following.column][following] = None
        self._columns = [list(stack) for stack in stacks]
        self._middles: dict[_Vertex, float] = {}

    def _way(self, need: str, step: str) -> list[_Vertex]:
        """Return what a line passes; lines from one step share their way."""
        begin, end = self._boxes[need], self._boxes[step]
        between = (_Vertex(need, column) for column in range(begin.column + 1, end.column))
        return [begin, *between, end]

    def order(self) -> None:
        """Bring the vertices of each column near those they are joined to, which takes crossings away."""
        ranks: dict[_Vertex, float] = {}
        for column in self._columns:
            _rank(column, ranks)
        for _ in range(_ROUNDS):
            for neighbours, column in self._sweeps():
                wanted = _wanted(column, neighbours, ranks)
                column.sort(key=dict(zip(column, wanted, strict=True)).__getitem__)
                _rank(column, ranks)

    def align(self) -> None:
        """Choose heights as near to the neighbours' as there is room, so that lines are straight."""
        for column in self._columns:
            _place(column, [0.0] * len(column), self._middles)
        for _ in range(_ROUNDS):
            for neighbours, column in self._sweeps():
                _place(column, _wanted(column, neighbours, self._middles), self._middles)

    def _sweeps(self) -> Iterator[tuple[_Joined, list[_Vertex]]]:
        """Yield the columns forwards, to be held against those before, and backwards."""
        yield from ((self._before, column) for column in self._columns)
        yield from ((self._after, column) for column in reversed(self._columns))

    def drawn(self, widths: Mapping[str, float]) -> Layout:
        """Return the picture, its corner at 0, 0."""
        across = [max(widths[v.step] for v in column if v.is_box) for column in self._columns]
        lefts = [_MARGIN + sum(across[:i]) + i * _BETWEEN_COLUMNS for i in range(len(across))]
        top = min((y - v.height / 2 for v, y in self._middles.items()), default=0.0) - _MARGIN
        bottom = max((y + v.height / 2 for v, y in self._middles.items()), default=0.0) + _MARGIN

        def box(vertex: _Vertex) -> Box:
            width = widths[vertex.step]
            left = lefts[vertex.column] + (across[vertex.column] - width) / 2
            return Box(left, self._middles[vertex] - vertex.height / 2 - top, width, vertex.height)

        boxes = {step: box(vertex) for step, vertex in self._boxes.items()}

        def line(way: Sequence[_Vertex]) -> Sequence[tuple[float, float]]:
            begin, end = boxes[way[0].step], boxes[way[-1].step]
            passed = [
                (lefts[v.column] + along, self._middles[v] - top)
                for v in way[1:-1]
                for along in (0.0, across[v.column])
            ]
            return [(begin.x + begin.width, begin.middle), *passed, (end.x, end.middle)]

        right = lefts[-1] + across[-1] + _MARGIN if lefts else 2 * _MARGIN
        return Layout(right, bottom - top, boxes, [line(way) for way in self._ways])


def _rank(column: Sequence[_Vertex], ranks: dict[_Vertex, float]) -> None:
    """Note how far down each vertex is, from 0 to 1, so that long and short columns compare."""
    ranks.update((vertex, (index + 0.5) / len(column)) for index, vertex in enumerate(column))


def _wanted(column: Sequence[_Vertex], joined: _Joined, values: Mapping[_Vertex, float]) -> list[float]:
    """Return for each vertex the mean of those it is joined to, its own value where there are none."""
    groups = [joined.get(vertex) or (vertex,) for vertex in column]
    return [sum(values[other] for other in group) / len(group) for group in groups]


def _place(column: Sequence[_Vertex], wanted: Sequence[float], middles: dict[_Vertex, float]) -> None:
    """Set the heights in a column near those wanted, in its order and with room between."""
    down = _pushed(column, wanted)
    mirrored = _pushed(column[::-1], [-middle for middle in reversed(wanted)])
    up = [-middle for middle in reversed(mirrored)]
    # Both keep their distances, so their mean does too; it favours neither end.
    middles.update((v, (a + b) / 2) for v, a, b in zip(column, down, up, strict=True))


def _pushed(column: Sequence[_Vertex], wanted: Sequence[float]) -> list[float]:
    """Return the heights wanted, each pushed down as far as the one above it demands."""
    pushed: list[float] = []
    for index, middle in enumerate(wanted):
        least = middle
        if index:
            apart = (column[index - 1].height + column[index].height) / 2 + _APART
            least = pushed[-1] + apart
        pushed.append(max(middle, least))
    return pushed
