"""Who is told of a run's events on which stream: the live view, plain lines, or nobody."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from slyflow.cli.console import Console
from slyflow.model.event import Recorded
from slyflow.model.pipeline import Pipeline
from slyflow.report.plain import PlainReporter
from slyflow.running.operator import Watcher


class SilentReporter:
    """Tells nobody."""

    def report(self, recorded: Recorded) -> None:
        """Take no note."""

    def recall(self, recorded: Iterable[Recorded]) -> None:
        """Take no note."""


@contextmanager
def watcher(console: Console, pipeline: Pipeline | None, *, quiet: bool, as_json: bool) -> Iterator[Watcher]:
    """Give the watcher for this console: on standard error when standard output is kept for JSON."""
    stream, write = (console.err, console.note) if as_json else (console.out, console.line)
    if quiet:
        yield SilentReporter()
    elif console.can_redraw(stream):
        from slyflow.cli.live import LiveReporter  # rich costs more than all the rest of a command

        with LiveReporter(stream, pipeline, color=console.has_color(stream), redact=console.redact) as live:
            yield live
    else:
        yield PlainReporter(lambda line: write(*line), pipeline)
