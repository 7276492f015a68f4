from benchmarks.measure import Comparison, Result, Row, Skipped, Usage
from benchmarks.page import page

FAST = Row("peer", (Usage(0.1, 0.2, 10.0), Usage(0.2, 0.2, 10.0), Usage(0.3, 0.2, 10.0)))
SLOW = Row("slyflow validate", (Usage(0.3, 0.3, 20.0), Usage(0.4, 0.3, 21.0), Usage(1.5, 0.3, 22.0)))


def _compared(limit: float) -> Comparison:
    result = Result("validate", SLOW.times(FAST).wall, limit, "x peer", "in turn")
    return Comparison("One file", "Something to check.", (FAST, SLOW), (result,))


def test_a_ratio_is_the_median_of_those_of_the_rounds() -> None:
    text = page("A machine.", ["peer 1"], [_compared(3.0)])
    assert "| peer | 200.0 ms | 200.0 ms | 10 MiB | 1.00 | 1.00 |" in text
    assert "| slyflow validate | 400.0 ms | 300.0 ms | 21 MiB | 3.00 | 1.50 |" in text


def test_a_contender_of_fewer_rounds_is_compared_in_those() -> None:
    once = Row("slow", (Usage(1.0, 1.0, 40.0),))
    assert once.times(FAST).wall == 10.0
    text = page("A machine.", [], [Comparison("T", "W.", (FAST, once), ())])
    assert "W. 3 rounds, of the slow ones 1." in text


def test_what_misses_is_said_to_miss() -> None:
    text = page("A machine.", [], [_compared(2.99), Result("memory", 121.0, 120.0, "MB", "VmRSS")])
    assert "| validate | 3.00 x peer | 2.99 | **missed** |" in text
    assert "| memory | 121.00 MB | 120 | **missed** |" in text
    assert "Missed: validate; memory." in text


def test_what_is_at_its_limit_holds() -> None:
    text = page("A machine.", [], [_compared(3.0)])
    assert "| validate | 3.00 x peer | 3 | held |" in text
    assert "All are held." in text


def test_what_was_not_measured_is_told() -> None:
    text = page("A machine.", [], [Skipped("the client", "the SDK is not installed")])
    assert "Not measured: the client, as the SDK is not installed." in text


def test_no_line_is_long_but_those_of_tables() -> None:
    text = page("A machine of many words. " * 20, ["peer 1"] * 20, [_compared(3.0)])
    assert all(len(line) <= 116 for line in text.splitlines() if not line.startswith("|"))
