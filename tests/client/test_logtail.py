"""New lines of a log are told once, in order, however the log is cut, moved and turned over."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.client.logtail import LOST, REMEMBERED, SHORT, Tail
from slyflow.model.session import LogLine


def line(number: int, message: str | None = None) -> LogLine:
    return LogLine(message or f"line {number}", timestamp=f"{number:06d}")


def many(first: int, count: int) -> list[LogLine]:
    return [line(number) for number in range(first, first + count)]


def test_only_new_lines_are_told() -> None:
    tail = Tail()
    assert list(tail.new_in([])) == []
    assert list(tail.new_in(many(0, 2))) == many(0, 2)
    assert list(tail.new_in(many(0, 2))) == []
    assert list(tail.new_in([])) == []
    assert list(tail.new_in(many(0, 5))) == many(2, 3)


def test_equal_lines_count_each() -> None:
    dot = LogLine(".", timestamp="1")
    tail = Tail()
    assert list(tail.new_in([dot, dot])) == [dot, dot]
    assert list(tail.new_in([dot, dot, dot])) == [dot]
    assert list(tail.new_in([dot] * 3)) == []


def test_a_log_that_lost_its_middle_goes_on_where_it_was() -> None:
    tail = Tail()
    tail.new_in(many(0, 100))
    note = LogLine("5 bytes of output were dropped here", "warn", "000010")
    turned = [*many(0, 10), note, *many(60, 50)]
    assert list(tail.new_in(turned)) == many(100, 10)


def test_a_log_that_turned_over_wholly_says_that_lines_may_be_missing() -> None:
    tail = Tail()
    tail.new_in(many(0, 100))
    assert list(tail.new_in(many(500, 3))) == [LOST, *many(500, 3)]
    assert list(tail.new_in(many(500, 4))) == many(503, 1)


def test_a_line_that_was_not_whole_is_told_again() -> None:
    tail = Tail()
    tail.new_in([line(1), line(2, '{"mess')])
    assert list(tail.new_in([line(1), line(7, "message"), line(8)])) == [line(7, "message"), line(8)]
    alone = Tail()
    alone.new_in([line(1, "be")])
    assert list(alone.new_in([line(1, "begin")])) == [line(1, "begin")]


def test_a_long_log_is_read_on_from_the_earliest_remembered_time() -> None:
    tail = Tail()
    times = []
    for lines in (many(1000, SHORT), [*many(1000, SHORT), LogLine("no time"), line(3)]):
        tail.new_in(lines)
        times.append(tail.since)
    assert times == [None, "000003"]


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 40), max_size=12),
    st.integers(0, 5),
    st.integers(REMEMBERED, 3 * REMEMBERED),
)
def test_every_line_is_told_once_while_what_was_told_last_is_still_there(
    growths: list[int], head: int, kept: int
) -> None:
    """The log keeps its first `head` lines and at least its last `kept`, as one that turns over does."""
    tail = Tail()
    told: list[LogLine] = []
    whole: list[LogLine] = []
    for growth in growths:
        whole += [LogLine(f"m{(len(whole) + n) % 3}", timestamp=str(len(whole) + n)) for n in range(growth)]
        told += tail.new_in(_turned(whole, head, kept))
    assert told == whole


def _turned(lines: Sequence[LogLine], head: int, kept: int) -> Sequence[LogLine]:
    return lines if len(lines) <= head + kept else [*lines[:head], *lines[-kept:]]
