"""A long run goes on where it ended."""

from pathlib import Path

from tests.simulation.report import Report, Tally
from tests.simulation.results import Chunk, Results
from tests.simulation.witness import Breach

PARTS = [(0, 400), (400, 400), (800, 100)]
FAILED = Report(Tally(worlds=390), Tally(worlds=10), {"0": 400}, {"I1": 1}, [(7, Breach("I1", "twice"))])


def test_what_was_played_is_not_played_again(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    results.add(Chunk(0, 400, "abc", FAILED))
    results.add(Chunk(800, 100, "abc", Report()))
    again = Results(tmp_path / "results")
    assert again.missing(PARTS) == [(400, 400)]
    assert again.worlds == 500
    assert again.report() == results.report()
    assert again.report().failures == FAILED.failures


def test_a_line_that_was_cut_is_played_again(tmp_path: Path) -> None:
    results = Results(tmp_path / "results")
    for first, count in PARTS:
        results.add(Chunk(first, count, "abc", FAILED))
    text = (tmp_path / "results").read_text()
    (tmp_path / "results").write_text(text[:-30])
    again = Results(tmp_path / "results")
    assert again.missing(PARTS) == [(800, 100)]
    again.add(Chunk(800, 100, "abc", FAILED))
    assert Results(tmp_path / "results").missing(PARTS) == []


def test_seeds_are_told_by_commit() -> None:
    results = Results(None)
    for first, count in PARTS:
        results.add(Chunk(first, count, "abc", Report()))
    results.add(Chunk(900, 400, "def", Report()))
    results.add(Chunk(2000, 400, "def", Report()))
    assert results.seeds() == "0 to 899 at abc, 900 to 1299 at def, 2000 to 2399 at def"
