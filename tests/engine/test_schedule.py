"""Orders of steps."""

from slyflow.engine.schedule import ReadyQueue, Timers


def test_longest_remaining_path_goes_first_then_file_order() -> None:
    queue = ReadyQueue({"a": 1.0, "b": 3.0, "c": 1.0, "d": 2.0})
    for step in ("c", "a", "d", "b"):
        queue.push(step)
    assert [queue.pop() for _ in range(5)] == ["b", "d", "a", "c", None]


def test_a_step_waits_once() -> None:
    queue = ReadyQueue({"a": 1.0})
    queue.push("a")
    queue.push("a")
    assert [queue.pop(), queue.pop()] == ["a", None]


def test_timers_give_each_step_its_earliest_time() -> None:
    timers = Timers()
    timers.add(5.0, "a")
    timers.add(3.0, "a")
    timers.add(9.0, "a")
    timers.add(4.0, "b")
    assert timers.next == 3.0
    assert timers.pop_due(4.0) == ["a", "b"]
    assert timers.pop_due(10.0) == []


def test_a_step_can_be_timed_again_after_it_came_up() -> None:
    timers = Timers()
    timers.add(1.0, "a")
    assert timers.pop_due(1.0) == ["a"]
    timers.add(2.0, "a")
    assert timers.pop_due(2.0) == ["a"]
