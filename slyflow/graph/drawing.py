"""What pictures are made of: SVG elements of lines and text, with nothing in them that could act."""

from collections.abc import Iterator, Sequence
from html import escape
from unicodedata import east_asian_width

from slyflow.graph.dag import Dag
from slyflow.graph.layout import Box, Layout
from slyflow.model.pipeline import Pipeline
from slyflow.text import sanitize

CELL = 6.6
"""Pixels that a character takes at size 11; a wide one takes two."""
_FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
INK, PALE, PAPER = "#1f2328", "#57606a", "#ffffff"
LINE = "#8c959f"
# A picture of more steps than that is no picture.
MOST_STEPS = 200


def columns(pipeline: Pipeline, dag: Dag) -> list[tuple[str, ...]]:
    """Return the steps in the columns of a picture: in waves, final ones behind all others."""
    found = [
        tuple(step for step in wave if (step in pipeline.final_steps) is final)
        for final in (False, True)
        for wave in dag.waves()
    ]
    return [column for column in found if column]


def too_many(count: int) -> Iterator[str]:
    """Give a picture that says only that there are too many steps for one."""
    yield from opening(420, 40)
    yield text(14, 25, f"{count} steps are too many for a picture", PALE)
    yield "</svg>"


def opening(width: float, height: float) -> Iterator[str]:
    """Give the beginning of a picture, in pixels; `</svg>` ends it."""
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    style = "max-width: 100%; height: auto"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}" role="img">'
    # Its own paper: a notebook may be dark, and a picture is not told.
    yield f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>'


def arrows(lines: Sequence[Sequence[tuple[float, float]]]) -> Iterator[str]:
    """Give lines, each with a head at its end."""
    for line in lines:
        yield f'<path d="{_path(line)}" fill="none" stroke="{LINE}" stroke-width="1.2"/>'
        x, y = line[-1]
        yield f'<path d="M{x:.1f} {y:.1f} l-7 -3.5 v7 z" fill="{LINE}"/>'


def _path(points: Sequence[tuple[float, float]]) -> str:
    """Return curves that leave and arrive level, and straight lines through columns that are passed."""
    (x, y), *rest = points
    drawn = [f"M{x:.1f} {y:.1f}"]
    for index, (next_x, next_y) in enumerate(rest):
        if index % 2:
            drawn.append(f"H{next_x:.1f}")
        else:
            half = (x + next_x) / 2
            drawn.append(f"C{half:.1f} {y:.1f} {half:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}")
        x, y = next_x, next_y
    return " ".join(drawn)


def final_line(boxes: Sequence[Box], layout: Layout) -> Iterator[str]:
    """A line before the first of the final steps: they begin when all others have ended."""
    if boxes:
        x = min(box.x for box in boxes) - 22
        yield f'<path d="M{x:.1f} 6 V{layout.height - 6:.1f}" stroke="{LINE}" stroke-dasharray="3 3"/>'
        middle = layout.height / 2
        yield (
            f'<text transform="rotate(-90 {x + 12:.1f} {middle:.1f})" x="{x + 12:.1f}" y="{middle:.1f}"'
            f' text-anchor="middle" font-family="{_FONT}" font-size="10" fill="{PALE}">finally</text>'
        )


def text(x: float, y: float, words: str, color: str, *, weight: str = "400", anchor: str = "start") -> str:
    """Return one line of text, which begins, or with `anchor` ends, at x."""
    place = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{_FONT}" font-size="11" font-weight="{weight}"'
        f'{place} fill="{color}">{escape(words)}</text>'
    )


def clean(words: str) -> str:
    """Return text that XML may hold, on one line."""
    kept = sanitize(words).encode("utf-8", "replace").decode()
    return "".join(" " if c in "\n\t" else c for c in kept if c not in "\ufffe\uffff")


def shown(words: str, longest: int = 26) -> str:
    """Return as much of a text as fits into so many characters."""
    kept = clean(words)
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def cells(words: str) -> int:
    """Return how many characters of a fixed width a text is wide."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in words)
