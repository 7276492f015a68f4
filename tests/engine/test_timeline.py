"""Ages of events: what monotonic clocks can tell, and nothing else."""

from pathlib import Path

from slyflow.engine.journal import Journal
from slyflow.engine.timeline import ages
from slyflow.model.driver import Driver
from slyflow.model.event import Recorded, RunResumed, Warned


def driver(boot: str | None) -> Driver:
    return Driver("host", "machine", boot, 1, 1, "1:1")


def resumed(boot: str | None, clock: float | None, at: str = "2026-01-01T00:00:00Z") -> Recorded:
    return Recorded(1, at, RunResumed("0", driver=driver(boot)), clock)


def warned(clock: float | None, at: str = "2026-01-01T00:00:00Z") -> Recorded:
    return Recorded(1, at, Warned(""), clock)


def test_within_one_process_it_is_the_clocks_difference() -> None:
    assert ages([resumed("b", 100.0), warned(130.0), warned(130.0)], 150.0) == [50.0, 20.0, 20.0]


def test_while_the_machine_runs_on_the_time_between_two_processes_counts() -> None:
    assert ages([resumed("b", 100.0), warned(110.0), resumed("b", 500.0)], 501.0) == [401.0, 391.0, 1.0]


def test_after_another_start_of_the_machine_it_does_not() -> None:
    assert ages([resumed("b", 9000.0), warned(9010.0), resumed("c", 5.0)], 7.0) == [12.0, 2.0, 2.0]


def test_where_the_start_of_the_machine_is_not_known_it_does_not() -> None:
    assert ages([resumed(None, 100.0), warned(110.0), resumed(None, 500.0)], 501.0) == [11.0, 1.0, 1.0]


def test_the_wall_clock_counts_for_nothing() -> None:
    then, later = "2026-01-01T00:00:00Z", "2036-01-01T00:00:00Z"
    assert ages([resumed("b", 1.0, then), warned(2.0, later), resumed("b", 3.0, then)], 4.0) == [
        3.0,
        2.0,
        1.0,
    ]


def test_a_clock_that_goes_back_makes_nothing_younger_than_now() -> None:
    assert ages([resumed("b", 100.0), warned(50.0), resumed("b", 10.0)], 5.0) == [0.0, 0.0, 0.0]


def test_a_journal_without_clocks_tells_of_no_time() -> None:
    assert ages([resumed(None, None), warned(None), resumed("b", 7.0)], 8.0) == [1.0, 1.0, 1.0]


def test_nothing_has_no_age() -> None:
    assert ages([], 1.0) == []


def test_a_journal_keeps_the_clock(tmp_path: Path) -> None:
    now = iter((3.0, 5.0))
    with Journal.create(tmp_path / "run", redact=str, monotonic=lambda: next(now)) as journal:
        journal.append([RunResumed("0", driver=driver("b"))])
        journal.append([Warned(""), Warned("")])
        assert ages(journal.events(), 6.0) == [3.0, 1.0, 1.0]
