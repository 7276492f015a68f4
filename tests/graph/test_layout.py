"""Pictures have no overlapping boxes, and no line that passes through one."""

from hypothesis import given
from hypothesis import strategies as st

from slyflow.graph.dag import Dag, from_needs
from slyflow.graph.layout import BOX_HEIGHT, Box, lay_out


@st.composite
def dags(draw: st.DrawFn) -> Dag:
    count = draw(st.integers(1, 16))
    names = [f"s{index}" for index in range(count)]
    needs = {
        name: draw(st.sets(st.sampled_from(names[:index]), max_size=3)) if index else set()
        for index, name in enumerate(names)
    }
    return from_needs(needs)


def _columns(dag: Dag) -> list[tuple[str, ...]]:
    return list(dag.waves())


def _widths(dag: Dag) -> dict[str, float]:
    return {step: 60.0 + 25.0 * (index % 4) for index, step in enumerate(dag.steps)}


@given(dags())
def test_boxes_keep_apart_and_within_the_picture(dag: Dag) -> None:
    layout = lay_out(dag, _columns(dag), _widths(dag))
    boxes = list(layout.boxes.values())
    for index, box in enumerate(boxes):
        assert box.x >= 0
        assert box.y >= 0
        assert box.x + box.width <= layout.width
        assert box.y + BOX_HEIGHT <= layout.height
        assert not any(_overlap(box, other) for other in boxes[:index])


@given(dags())
def test_lines_lead_forwards_from_box_to_box_and_pass_none(dag: Dag) -> None:
    layout = lay_out(dag, _columns(dag), _widths(dag))
    ends = [(need, step) for step in dag.steps for need in dag.needs(step)]
    assert len(layout.lines) == len(ends)
    for (need, step), line in zip(ends, layout.lines, strict=True):
        begin, end = layout.boxes[need], layout.boxes[step]
        assert line[0] == (begin.x + begin.width, begin.middle)
        assert line[-1] == (end.x, end.middle)
        assert [x for x, _ in line] == sorted(x for x, _ in line)
        # Between two columns there is no box; within one a line is level.
        for (x, y), (until, level) in zip(line[1::2], line[2::2], strict=False):
            assert y == level
            assert not any(_crosses(box, x, until, y) for box in layout.boxes.values())


@given(dags())
def test_the_same_steps_give_the_same_picture(dag: Dag) -> None:
    assert lay_out(dag, _columns(dag), _widths(dag)) == lay_out(dag, _columns(dag), _widths(dag))


def test_crossings_are_taken_away() -> None:
    dag = from_needs({"a": [], "b": [], "c": [], "of_c": ["c"], "of_b": ["b"], "of_a": ["a"]})
    boxes = lay_out(dag, _columns(dag), _widths(dag)).boxes
    assert boxes["a"].y < boxes["b"].y < boxes["c"].y
    for name in "abc":
        assert boxes[name].y == boxes[f"of_{name}"].y


def test_a_chain_is_straight() -> None:
    dag = from_needs({"a": [], "b": ["a"], "c": ["b"]})
    assert len({box.y for box in lay_out(dag, _columns(dag), _widths(dag)).boxes.values()}) == 1


def test_nothing_is_a_small_picture() -> None:
    layout = lay_out(from_needs({}), [], {})
    assert (layout.boxes, layout.lines) == ({}, [])
    assert 0 < layout.width < 100


def _overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and abs(one.y - other.y) < BOX_HEIGHT


def _crosses(box: Box, begin: float, end: float, y: float) -> bool:
    return begin < box.x + box.width and box.x < end and box.y <= y <= box.y + BOX_HEIGHT
