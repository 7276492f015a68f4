"""Tests of slyflow.graph.dag."""

import subprocess
import sys
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.graph.dag import Cycle, from_needs

DIAMOND = from_needs({"d": ["b", "c"], "a": [], "b": ["a"], "c": ["a"]})


def test_steps_keep_the_order_of_the_file_and_order_obeys_needs() -> None:
    assert DIAMOND.steps == ("d", "a", "b", "c")
    assert DIAMOND.order == ("a", "b", "c", "d")


def test_needs_and_dependents_are_direct_and_in_file_order() -> None:
    assert DIAMOND.needs("d") == ("b", "c")
    assert DIAMOND.dependents("a") == ("b", "c")
    assert DIAMOND.dependents("d") == ()


def test_waves_hold_what_may_run_at_the_same_time() -> None:
    assert DIAMOND.waves() == (("a",), ("b", "c"), ("d",))
    assert from_needs({}).waves() == ()


def test_remaining_counts_steps_when_no_duration_is_known() -> None:
    for nothing in (None, {}, {"other": 5.0}):
        assert DIAMOND.remaining(nothing) == {"d": 1.0, "b": 2.0, "c": 2.0, "a": 3.0}


def test_remaining_estimates_unknown_durations_by_the_median() -> None:
    known = {"a": 10.0, "b": 2.0, "d": 30.0, "other": 99.0}
    assert DIAMOND.remaining(known) == {"d": 30.0, "b": 32.0, "c": 40.0, "a": 50.0}


@pytest.mark.parametrize(
    ("needs", "path"),
    [
        ({"a": ["a"]}, ("a", "a")),
        ({"b": ["a"], "a": ["b"]}, ("b", "a", "b")),
        ({"x": [], "a": ["c", "x"], "b": ["a"], "c": ["b"], "y": ["c"]}, ("a", "c", "b", "a")),
    ],
)
def test_a_cycle_is_a_path_from_its_first_step(needs: dict[str, list[str]], path: tuple[str, ...]) -> None:
    with pytest.raises(Cycle) as caught:
        from_needs(needs)
    assert caught.value.path == path
    assert str(caught.value) == " → ".join(path)


def test_a_complete_digraph_fails_at_once() -> None:
    steps = [f"s{index}" for index in range(200)]
    started = time.process_time()
    with pytest.raises(Cycle):
        from_needs({step: [other for other in steps if other != step] for step in steps})
    assert time.process_time() - started < 2.0


@pytest.mark.parametrize("shift", [1, -1], ids=["forwards", "backwards"])
def test_a_chain_of_ten_thousand_steps_needs_no_recursion(shift: int) -> None:
    count = 10_000
    steps = range(count)
    dag = from_needs({f"s{i}": [f"s{i + shift}"] if i + shift in steps else [] for i in steps})
    assert len(dag.waves()) == count
    assert max(dag.remaining(None).values()) == count


def test_a_file_that_refers_backwards_does_not_load_networkx() -> None:
    program = (
        "import sys\n"
        "from slyflow.graph.dag import from_needs\n"
        "from_needs({'a': [], 'b': ['a']}).remaining(None)\n"
        "assert 'networkx' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@given(st.lists(st.sets(st.integers(0, 14), max_size=4), max_size=15), st.permutations(range(15)))
def test_every_acyclic_graph_is_ordered(rows: list[set[int]], places: list[int]) -> None:
    # Row i needs only rows before it; `places` shuffles the file.
    needs = {index: {need for need in row if need < index} for index, row in enumerate(rows)}
    shuffled = sorted(needs, key=lambda index: places[index])
    dag = from_needs({str(index): [str(need) for need in needs[index]] for index in shuffled})
    seen: set[str] = set()
    for step in dag.order:
        assert seen >= set(dag.needs(step))
        seen.add(step)
    assert seen == set(dag.steps)
    assert sorted(step for wave in dag.waves() for step in wave) == sorted(dag.steps)
    assert all(step in dag.dependents(need) for step in dag.steps for need in dag.needs(step))
    # Where there is a choice, the first in the file comes first.
    done: set[str] = set()
    for step in dag.order:
        assert step == next(one for one in dag.steps if one not in done and set(dag.needs(one)) <= done)
        done.add(step)


@given(st.lists(st.sets(st.integers(0, 9), max_size=3), min_size=10, max_size=10))
def test_a_circle_is_one_and_only_told_where_there_is_one(rows: list[set[int]]) -> None:
    needs = {str(index): [str(need) for need in row] for index, row in enumerate(rows)}
    if not _comes_back(needs):
        assert len(from_needs(needs).order) == 10
        return
    with pytest.raises(Cycle) as caught:
        from_needs(needs)
    path = caught.value.path
    assert path[0] == path[-1]
    assert len(set(path)) == len(path) - 1
    assert all(need in needs[step] for step, need in pairwise(path))


def _comes_back(needs: dict[str, list[str]]) -> bool:
    reached = {step: set(some) for step, some in needs.items()}
    for _ in needs:
        for some in reached.values():
            some |= {further for step in list(some) for further in reached[step]}
    return any(step in some for step, some in reached.items())
