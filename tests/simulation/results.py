"""The file of a long run: one line of JSON for each chunk of worlds that was played, so that it can go on."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.simulation.report import Report, Tally
from tests.simulation.witness import Breach


@dataclass(frozen=True, slots=True)
class Chunk:
    """The worlds of `count` seeds from `first` on, played at a commit."""

    first: int
    count: int
    commit: str
    report: Report


class Results:
    """The chunks of a file; without a path they are kept in memory alone."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._chunks = list(_read(path)) if path is not None and path.exists() else []

    @property
    def worlds(self) -> int:
        """How many worlds were played."""
        return sum(chunk.count for chunk in self._chunks)

    def missing(self, chunks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return those of the chunks (first seed, count) that have not been played."""
        played = {(chunk.first, chunk.count) for chunk in self._chunks}
        return [chunk for chunk in chunks if chunk not in played]

    def add(self, chunk: Chunk) -> None:
        """Keep a chunk; it is in the file when this returns."""
        self._chunks.append(chunk)
        if self._path is not None:
            with self._path.open("a") as file:
                # A line of its own, even if the one before it was cut.
                file.write("\n" + json.dumps(asdict(chunk)) + "\n")

    def report(self) -> Report:
        """Return what all chunks came to."""
        report = Report()
        for chunk in self._chunks:
            report.merge(chunk.report)
        return report

    def seeds(self) -> str:
        """Say which seeds were played at which commit."""
        by_commit = sorted(self._chunks, key=lambda chunk: (chunk.commit, chunk.first))
        parts = []
        for commit, chunks in groupby(by_commit, key=lambda chunk: chunk.commit):
            parts += [f"{first} to {last} at {commit}" for first, last in _ranges(chunks)]
        return ", ".join(parts)


def _ranges(chunks: Iterable[Chunk]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last seed of chunks in a row."""
    begin, end = -1, -1
    for chunk in chunks:
        if chunk.first != end:
            if end > begin:
                yield begin, end - 1
            begin = chunk.first
        end = chunk.first + chunk.count
    if end > begin:
        yield begin, end - 1


def _read(path: Path) -> Iterator[Chunk]:
    """Yield the whole lines: one may have been cut by the end of its process."""
    for line in path.read_text().splitlines():
        try:
            yield _chunk(json.loads(line))
        except ValueError:
            continue


def _chunk(data: dict[str, Any]) -> Chunk:
    told = data.pop("report")
    failures = [(seed, Breach(**breach)) for seed, breach in told.pop("failures")]
    within, beyond = Tally(**told.pop("within")), Tally(**told.pop("beyond"))
    return Chunk(**data, report=Report(within, beyond, **told, failures=failures))
