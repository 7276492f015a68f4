"""Drives one run in a thread of its own, and takes requests for it from others."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext

from slyflow.engine.executor import Executor, Request
from slyflow.errors import SlyflowError
from slyflow.model.event import Recorded
from slyflow.model.pipeline import Pipeline
from slyflow.python.log import Log
from slyflow.report.summary import Summary
from slyflow.running.operator import Operator, Watcher, Wish


class Driver:
    """The operator of one run (`running.operator.Operator`), and what watches it for the log.

    `tell`, if any, watches too. `error` is what kept the run from its end, `code` the exit code that it
    was left with; both are known when the log is closed.
    """

    def __init__(self, log: Log, tell: Watcher | None) -> None:
        self.error: BaseException | None = None
        self.code: int | None = None
        self.sessions_go_on = False
        self._log = log
        self._tell = tell
        self._lock = threading.Lock()
        self._begun_or_ended = threading.Event()
        self._has_begun = False
        self._executor: Executor | None = None
        self._wish: Wish = "interrupt"
        self._early: list[tuple[Wish | None, str]] = []

    def start(self, work: Callable[[Operator], int]) -> None:
        """Have the work done in a thread, and return when the run has begun.

        Raises whatever kept it from beginning.
        """
        thread = threading.Thread(target=self._do, args=(work,), name="slyflow run")
        thread.start()
        try:
            self._begun_or_ended.wait()
        except KeyboardInterrupt:
            self.request(None, "KeyboardInterrupt")
            self._log.wait_for_end()
            raise
        if not self._has_begun and self.error is not None:
            raise self.error

    def request(self, wish: Wish | None, reason: str) -> None:
        """Ask for the run to be left or cancelled; None is what the settings want of an interrupt."""
        with self._lock:
            if self._executor is None:
                self._early.append((wish, reason))
                return
        self._executor.request(Request(wish or self._wish, reason))

    def _do(self, work: Callable[[Operator], int]) -> None:
        try:
            self.code = work(self)
        except SlyflowError as error:
            self.error, self.code = error, error.exit_code
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for the run
            self.error = error
        finally:
            self._log.close()
            self._begun_or_ended.set()

    def watching(self, pipeline: Pipeline) -> AbstractContextManager[Watcher]:
        """Watch the run with the log."""
        del pipeline
        return nullcontext(self)

    def recall(self, recorded: Iterable[Recorded]) -> None:
        """Log what happened before."""
        earlier: Sequence[Recorded] = tuple(recorded)
        for entry in earlier:
            self._log.add(entry)
        if self._tell is not None:
            self._tell.recall(earlier)

    def report(self, recorded: Recorded) -> None:
        """Log one event; the first one that is news says that the run has begun."""
        self._log.add(recorded)
        self._has_begun = True
        self._begun_or_ended.set()
        if self._tell is not None:
            self._tell.report(recorded)

    def attend(self, executor: Executor, wish: Wish) -> int:
        """Run the executor, with the requests that came before it was there."""
        with self._lock:
            self._executor, self._wish = executor, wish
        for early, reason in self._early:
            executor.request(Request(early or wish, reason))
        return executor.run()

    def conclude(self, summary: Summary, code: int, *, sessions_go_on: bool) -> None:
        """Note whether sessions run on without this process."""
        del summary, code  # the log has the one, `start` the other
        self.sessions_go_on = sessions_go_on
