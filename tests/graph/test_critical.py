"""Tests of slyflow.graph.critical."""

from slyflow.graph.critical import critical_path
from slyflow.graph.dag import from_needs

DIAMOND = from_needs({"a": (), "b": ("a",), "c": ("a",), "d": ("b", "c"), "alone": ()})


def test_the_longest_way_is_the_path() -> None:
    assert critical_path(DIAMOND, {"a": 1, "b": 5, "c": 2, "d": 1, "alone": 6.5}, ()) == ("a", "b", "d")
    assert critical_path(DIAMOND, {"a": 1, "b": 5, "c": 2, "d": 1, "alone": 8}, ()) == ("alone",)


def test_without_lengths_it_is_the_way_with_most_steps() -> None:
    assert critical_path(DIAMOND, {}, ()) == ("a", "b", "d"), "the first of equally long ones"
    assert critical_path(from_needs({}), {}, ()) == ()


def test_a_step_of_unknown_length_takes_as_long_as_usual() -> None:
    assert critical_path(DIAMOND, {"a": 10, "c": 9, "d": 10, "alone": 1}, ()) == ("a", "b", "d")


def test_final_steps_come_after_all_others() -> None:
    dag = from_needs({"a": (), "b": (), "tell": (), "clean": (), "last": ("clean",)})
    path = critical_path(dag, {"a": 1, "b": 2, "tell": 3, "clean": 2, "last": 2}, {"tell", "clean", "last"})
    assert path == ("b", "clean", "last")
