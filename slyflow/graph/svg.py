"""The steps of a pipeline as an SVG picture that needs no script, no font and no network."""

from collections.abc import Callable, Iterator, Mapping
from html import escape

from slyflow.graph.caption import caption
from slyflow.graph.dag import Dag
from slyflow.graph.drawing import (
    CELL,
    INK,
    MOST_STEPS,
    PALE,
    arrows,
    cells,
    clean,
    columns,
    final_line,
    opening,
    shown,
    text,
    too_many,
)
from slyflow.graph.layout import BOX_HEIGHT, Box, lay_out
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.model.run import StepStatus

_PADDING = 26.0
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
        return "\n".join(too_many(len(dag.steps)))
    steps = pipeline.all_steps
    labels = {name: (shown(redact(name)), shown(redact(caption(step)))) for name, step in steps.items()}
    widths = {step: max(map(cells, label)) * CELL + _PADDING for step, label in labels.items()}
    layout = lay_out(dag, columns(pipeline, dag), widths)
    titles = {name: clean(redact(f"{name}: {caption(step)}")) for name, step in steps.items()}
    lines = [*opening(layout.width, layout.height), *arrows(layout.lines)]
    lines += final_line([layout.boxes[step] for step in pipeline.final_steps], layout)
    for name, box in layout.boxes.items():
        is_app = isinstance(steps[name].action, AppAction)
        status = (statuses or {}).get(name, StepStatus.WAITING)
        lines += _box(box, labels[name], titles[name], status, radius=4 if is_app else 16)
    return "\n".join([*lines, "</svg>"])


def _box(box: Box, label: tuple[str, str], title: str, status: StepStatus, *, radius: int) -> Iterator[str]:
    frame, filling, mark = _LOOKS[status]
    dashes = ' stroke-dasharray="4 3"' if status is StepStatus.SKIPPED else ""
    yield f"<g><title>{escape(title)}, {status.value}</title>"
    yield (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{BOX_HEIGHT:.0f}"'
        f' rx="{radius}" fill="{filling}" stroke="{frame}" stroke-width="1.4"{dashes}/>'
    )
    yield text(box.x + 9, box.y + 17, label[0], INK, weight="600")
    yield text(box.x + 9, box.y + 31, label[1], PALE)
    if mark:
        yield text(box.x + box.width - 14, box.y + 17, mark, frame)
    yield "</g>"
