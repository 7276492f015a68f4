"""The steps of a pipeline as an SVG picture that needs no script, no font and no network."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from unicodedata import east_asian_width

from slyflow.graph.caption import caption
from slyflow.graph.dag import Dag
from slyflow.graph.layout import BOX_HEIGHT, Box, Layout, lay_out
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.model.run import StepStatus
from slyflow.text import sanitize

# A picture of more steps than that is no picture.
MOST_STEPS = 200
_CELL = 6.6
_LONGEST = 26
_PADDING = 26.0
_FONT = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"
_INK, _PALE, _PAPER = "#1f2328", "#57606a", "#ffffff"
# Frame, filling, and a mark for those who do not tell colours apart.
_LOOKS: Mapping[StepStatus, tuple[str, str, str]] = {
    StepStatus.WAITING: ("#8c959f", "#ffffff", ""),
    StepStatus.RUNNING: ("#0969da", "#ddf4ff", "●"),
    StepStatus.SUCCEEDED: ("#1a7f37", "#dafbe1", "✓"),
    StepStatus.FAILED: ("#cf222e", "#ffebe9", "✗"),
    StepStatus.SKIPPED: ("#8c959f", "#f6f8fa", "-"),
    StepStatus.CANCELLED: ("#9a6700", "#fff8c5", "■"),
}


def svg(
    pipeline: Pipeline,
    dag: Dag,
    statuses: Mapping[str, StepStatus] | None = None,
    *,
    redact: Callable[[str], str] = str,
) -> str:
    """Return the picture, one element a line; the same steps in the same statuses always give the same.

    Final steps stand behind all others. `redact` takes secrets out of a text. Of a pipeline with more
    than MOST_STEPS steps it says only that.
    """
    if len(dag.steps) > MOST_STEPS:
        return "\n".join(_too_many(len(dag.steps)))
    columns = [
        tuple(step for step in wave if (step in pipeline.final_steps) is final)
        for final in (False, True)
        for wave in dag.waves()
    ]
    steps = pipeline.all_steps
    labels = {name: (_shown(redact(name)), _shown(redact(caption(step)))) for name, step in steps.items()}
    widths = {step: max(map(_cells, label)) * _CELL + _PADDING for step, label in labels.items()}
    layout = lay_out(dag, [column for column in columns if column], widths)
    titles = {name: _clean(redact(f"{name}: {caption(step)}")) for name, step in steps.items()}
    lines = [*_opening(layout.width, layout.height), *_arrows(layout.lines)]
    lines += _finally([layout.boxes[step] for step in pipeline.final_steps], layout)
    for name, box in layout.boxes.items():
        is_app = isinstance(steps[name].action, AppAction)
        status = (statuses or {}).get(name, StepStatus.WAITING)
        lines += _box(box, labels[name], titles[name], status, radius=4 if is_app else 16)
    return "\n".join([*lines, "</svg>"])


def _opening(width: float, height: float) -> Iterator[str]:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    style = "max-width: 100%; height: auto"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} style="{style}" role="img">'
    # Its own paper: a notebook may be dark, and a picture is not told.
    yield f'<rect width="100%" height="100%" rx="6" fill="{_PAPER}"/>'


def _too_many(count: int) -> Iterator[str]:
    yield from _opening(420, 40)
    yield _text(14, 25, f"{count} steps are too many for a picture", _PALE)
    yield "</svg>"


def _arrows(lines: Sequence[Sequence[tuple[float, float]]]) -> Iterator[str]:
    for line in lines:
        yield f'<path d="{_path(line)}" fill="none" stroke="#8c959f" stroke-width="1.2"/>'
        x, y = line[-1]
        yield f'<path d="M{x:.1f} {y:.1f} l-7 -3.5 v7 z" fill="#8c959f"/>'


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


def _finally(boxes: Sequence[Box], layout: Layout) -> Iterator[str]:
    """A line before the first of the final steps: they begin when all others have ended."""
    if boxes:
        x = min(box.x for box in boxes) - 22
        yield f'<path d="M{x:.1f} 6 V{layout.height - 6:.1f}" stroke="#8c959f" stroke-dasharray="3 3"/>'
        middle = layout.height / 2
        yield (
            f'<text transform="rotate(-90 {x + 12:.1f} {middle:.1f})" x="{x + 12:.1f}" y="{middle:.1f}"'
            f' text-anchor="middle" font-family="{_FONT}" font-size="10" fill="{_PALE}">finally</text>'
        )


def _box(box: Box, label: tuple[str, str], title: str, status: StepStatus, *, radius: int) -> Iterator[str]:
    frame, filling, mark = _LOOKS[status]
    dashes = ' stroke-dasharray="4 3"' if status is StepStatus.SKIPPED else ""
    yield f"<g><title>{escape(title)}, {status.value}</title>"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{BOX_HEIGHT:.0f}"'
        f' rx="{radius}" fill="{filling}" stroke="{frame}" stroke-width="1.4"{dashes}/>'
    )
    yield _text(box.x + 9, box.y + 17, label[0], _INK, weight="600")
    yield _text(box.x + 9, box.y + 31, label[1], _PALE)
    if mark:
        yield _text(box.x + box.width - 14, box.y + 17, mark, frame)
    yield "</g>"


def _text(x: float, y: float, text: str, color: str, *, weight: str = "400") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{_FONT}" font-size="11" font-weight="{weight}"'
        f' fill="{color}">{escape(text)}</text>'
    )


def _clean(text: str) -> str:
    """Return text that XML may hold."""
    kept = sanitize(text).encode("utf-8", "replace").decode()
    return "".join(" " if c in "\n\t" else c for c in kept if c not in "\ufffe\uffff")


def _shown(text: str) -> str:
    """Return as much of a text as fits into a box."""
    clean = _clean(text)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"


def _cells(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
