"""One run in a program's hands, while it goes on and afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from slyflow.errors import SlyflowError, UsageError
from slyflow.graph.resolve import resolve
from slyflow.model.event import Recorded
from slyflow.model.run import RunStatus, StepStatus
from slyflow.model.value import Json
from slyflow.problem import Problem
from slyflow.python import notebook
from slyflow.python.driver import Driver
from slyflow.python.log import Log
from slyflow.report.document import run_document
from slyflow.report.line import draw
from slyflow.report.plain import ended_line
from slyflow.report.stepsummary import StepSummary
from slyflow.report.summary import Summary
from slyflow.running.journaled import Journaled

_BAD = (StepStatus.FAILED, StepStatus.CANCELLED)


class RunFailed(SlyflowError):
    """A run ended otherwise than it should; `run` is that run, and its exit code says how."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        told = [f"the run {run.id} of {run.summary.pipeline} {run.status}, exit code {run.exit_code}"]
        told += [draw(ended_line(step), color=False) for step in run.steps.values() if step.status in _BAD]
        super().__init__(run.redact("\n".join(told)))


class Run:
    """A run of a pipeline; iterating over it yields its events, and waits for those to come.

    `start`, `run`, `resume` and `runs` make one. A notebook shows it as a table and a picture.
    """

    def __init__(
        self,
        log: Log,
        runs: Path,
        *,
        driver: Driver | None = None,
        problems: Sequence[Problem] = (),
        redact: Callable[[str], str] = str,
    ) -> None:
        self._log = log
        self._runs = runs
        self._driver = driver
        self._problems = tuple(problems)
        self._redact = redact
        self._shown_in: int | None = None
        self._table: notebook.Table | None = None

    @property
    def id(self) -> str:
        """The run's id, such as `20261124-061500-k3f9`."""
        return self.summary.run

    @property
    def folder(self) -> Path:
        """The run's folder, which holds its journal."""
        return self._runs / self.id

    @property
    def summary(self) -> Summary:
        """The whole run as it stands, as one value."""
        return self._log.summary

    @property
    def status(self) -> RunStatus:
        """Where the run stands."""
        return self.summary.status

    @property
    def exit_code(self) -> int | None:
        """What `slyflow run` exits with: 0 only if everything succeeded; None while the run goes on.

        Of a run that was left before its end it is why: 130 for an interrupt, else that of `error`.
        """
        code = self.summary.exit_code
        return self._driver.code if code is None and self._driver is not None else code

    @property
    def error(self) -> BaseException | None:
        """What kept this program from driving the run to its end, if anything did."""
        return None if self._driver is None else self._driver.error

    @property
    def steps(self) -> Mapping[str, StepSummary]:
        """Every step as it stands, in the order of the file, by id."""
        return self.summary.steps

    @property
    def outputs(self) -> Mapping[str, Json]:
        """What the pipeline returned; empty until the run is over."""
        return self.summary.outputs

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is odd about the pipeline on this instance, without being an error."""
        return self._problems

    @property
    def warnings(self) -> tuple[str, ...]:
        """What went otherwise than a person may think, without failing anything."""
        return self.summary.warnings

    @property
    def events(self) -> tuple[Recorded, ...]:
        """What has happened so far."""
        return self._log.events

    @property
    def is_driven(self) -> bool:
        """Whether this program drives the run at this moment."""
        return not self._log.is_closed

    def __iter__(self) -> Iterator[Recorded]:
        return self._log.follow()

    def wait(self, timeout: float | None = None) -> Self:
        """Wait until the run is over, or was left; TimeoutError after `timeout` seconds, None waits on.

        Ctrl-C ends the waiting, not the run.
        """
        if not self._log.wait_for_end(timeout):
            raise TimeoutError(f"the run {self.id} goes on after {timeout:g} seconds")
        if self._table is not None:
            self._table.wait()
        if self.error is not None and not isinstance(self.error, SlyflowError):
            raise self.error
        return self

    def check(self) -> Self:
        """Wait, and return the run if everything succeeded.

        RunFailed if not; the error that kept the run from its end, if one did.
        """
        self.wait()
        if self.error is not None:
            raise self.error
        if self.exit_code != 0:
            raise RunFailed(self)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the end of the run; when the block raised something, interrupt the run first."""
        if error is not None and self.is_driven:
            self.interrupt(type(error).__name__)
        self.wait()
        if error is not None and self.summary.exit_code is None:
            error.add_note(f"the run {self.id} is not over: slyflow.resume({self.id!r}) goes on with it")

    def stop(self, reason: str = "stopped by the program") -> None:
        """Ask for the run to be cancelled: its sessions are stopped, no step starts any more.

        `wait` waits for that. UsageError when this program does not drive the run.
        """
        self._drives("stop").request("cancel", reason)

    def interrupt(self, reason: str = "interrupted by the program") -> None:
        """Ask for what Ctrl-C asks of `slyflow run`: the run is left, and its sessions go on.

        `resume` takes it up. With the setting `on_interrupt` = "stop" it is cancelled instead. `wait` waits
        for that. UsageError when this program does not drive the run.
        """
        self._drives("interrupt").request(None, reason)

    def document(self) -> dict[str, Json]:
        """Return the document that `slyflow run --json` prints."""
        return run_document(self.summary, exit_code=self.exit_code)

    def redact(self, text: str) -> str:
        """Return the text without the secrets of this run that are known here."""
        return self._redact(text)

    def _drives(self, what: str) -> Driver:
        if self._driver is None:
            raise UsageError(
                f"this program does not drive the run {self.id}", hint=f"see slyflow {what} {self.id}"
            )
        return self._driver

    def __repr__(self) -> str:
        code = "" if self.exit_code is None else f", exit code {self.exit_code}"
        return f"<Run {self.id}: {self.redact(self.summary.pipeline)} {self.status}{code}>"

    def _repr_svg_(self) -> str | None:
        pipeline = self._log.pipeline
        dag = resolve(pipeline).dag if pipeline is not None else None
        if pipeline is None or dag is None:
            return None
        from slyflow.graph.svg import svg  # only a notebook pays for it

        statuses = {name: step.status for name, step in self.steps.items()}
        return svg(pipeline, dag, statuses, redact=self._redact)

    def _repr_html_(self) -> str:
        from slyflow.report.html import run_html  # as above

        now = datetime.now(UTC).isoformat()
        return run_html(self.summary, self._repr_svg_() or "", now=now, redact=self._redact)

    def show(self) -> None:
        """Show the run below the cell of a notebook, as a table that is kept up to date until the run ends.

        UsageError when this is no notebook.
        """
        self._shown_in = notebook.cell()
        self._table = notebook.Table(self._bundle, self._log)

    def _bundle(self) -> Mapping[str, str]:
        """Return the run as it stands in every form that a notebook may want."""
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _ipython_display_(self) -> None:
        """Show nothing where the table of this very cell shows the run already."""
        if self._shown_in is None or self._shown_in != notebook.cell():
            raise NotImplementedError


def read(run: Journaled) -> Run:
    """Return a run as its journal tells it at this moment."""
    log = Log(run.pipeline, run.events)
    log.close()
    return Run(log, run.folder.parent)
