"""The table of many worlds: how many there were, what happened in them, and which invariants did not hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.simulation.invariants import Verdict
from tests.simulation.witness import Breach
from tests.simulation.world import World


@dataclass(slots=True)
class Tally:
    """Sums over the worlds of one kind."""

    worlds: int = 0
    launches: int = 0
    sessions: int = 0
    crashes: int = 0
    processes: int = 0
    unknown: int = 0
    requests: int = 0
    duplicates: int = 0
    orphans: int = 0
    false_successes: int = 0

    def add(self, verdict: Verdict) -> None:
        self.worlds += 1
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(verdict, name))

    def merge(self, other: "Tally") -> None:
        self.worlds += other.worlds
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_SUMMED = (
    "launches", "sessions", "crashes", "processes", "unknown", "requests", "duplicates", "orphans",
    "false_successes",
)  # fmt: skip
_TITLES = (
    ("worlds", "worlds"),
    ("launches", "launches sent"),
    ("sessions", "sessions on the instance"),
    ("unknown", "launches of unknown outcome"),
    ("crashes", "crashes"),
    ("processes", "processes"),
    ("requests", "requests"),
    ("duplicates", "duplicates"),
    ("orphans", "orphans"),
    ("false_successes", "false successes"),
)


@dataclass(slots=True)
class Report:
    """Tallies within and beyond the two bounds, and the worlds in which an invariant did not hold."""

    within: Tally = field(default_factory=Tally)
    beyond: Tally = field(default_factory=Tally)
    exit_codes: dict[str, int] = field(default_factory=dict)
    breaches: dict[str, int] = field(default_factory=dict)
    failures: list[tuple[int, Breach]] = field(default_factory=list)

    def add(self, world: World, verdict: Verdict) -> None:
        """Count one world; of several breaches the first is kept, and of each invariant one is counted."""
        (self.within if world.is_within_bounds else self.beyond).add(verdict)
        _count(self.exit_codes, {str(verdict.exit_code): 1})
        _count(self.breaches, dict.fromkeys((breach.invariant for breach in verdict.breaches), 1))
        self.failures += [(world.seed, breach) for breach in verdict.breaches[:1]]

    def merge(self, other: "Report") -> None:
        """Add what another process counted."""
        self.within.merge(other.within)
        self.beyond.merge(other.beyond)
        _count(self.exit_codes, other.exit_codes)
        _count(self.breaches, other.breaches)
        self.failures += other.failures

    def table(self) -> str:
        """Return the table in Markdown."""
        lines = ["| | within the bounds | beyond them |", "|---|---:|---:|"]
        lines += [
            f"| {title} | {getattr(self.within, name):,} | {getattr(self.beyond, name):,} |"
            for name, title in _TITLES
        ]
        broken = _told(self.breaches) if self.breaches else "none"
        codes = _told(self.exit_codes)
        return "\n".join(
            [
                *lines,
                "",
                f"Exit codes of the runs: {codes}.",
                f"Worlds with a breach, by invariant: {broken}.",
            ]
        )


def _count(counts: dict[str, int], more: Mapping[str, int]) -> None:
    for name, count in more.items():
        counts[name] = counts.get(name, 0) + count


def _told(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name}: {count:,}" for name, count in sorted(counts.items()))
