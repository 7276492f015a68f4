"""The terminal as the operator of a run: shows it, lets signals interrupt it, says how to go on."""

import shlex
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from slyflow.cli.console import Console
from slyflow.report.line import Part
from slyflow.settings import Settings

# `run` imports the engine and what it is watched with while the embedded instance starts, not before.
if TYPE_CHECKING:
    from slyflow.engine.executor import Executor
    from slyflow.model.pipeline import Pipeline
    from slyflow.report.summary import Summary
    from slyflow.running.operator import Watcher, Wish


class Terminal:
    """Tells a run on a console; `quiet` and `as_json` say what is told meanwhile and at the end."""

    def __init__(self, console: Console, settings: Settings, *, quiet: bool, as_json: bool) -> None:
        self._console = console
        self._settings = settings
        self._quiet = quiet
        self._as_json = as_json

    def watching(self, pipeline: "Pipeline") -> AbstractContextManager["Watcher"]:
        """Give the watcher that suits the console."""
        from slyflow.cli.watching import watcher

        return watcher(self._console, pipeline, quiet=self._quiet, as_json=self._as_json)

    def attend(self, executor: "Executor", wish: "Wish") -> int:
        """Run the executor; the first signal requests the wish, and gives the exit code when it was met."""
        from slyflow.cli.signals import listening
        from slyflow.engine.executor import INTERRUPTED, Request
        from slyflow.engine.verdict import STEP_FAILED

        with listening(lambda name: executor.request(Request(wish, name))) as signals:
            try:
                with signals.interrupting():
                    code = executor.run()
            except KeyboardInterrupt:
                code = INTERRUPTED
        ended_by_signal = code == INTERRUPTED or (wish == "cancel" and code == STEP_FAILED)
        return signals.exit_code if ended_by_signal and signals.exit_code is not None else code

    def conclude(self, summary: "Summary", code: int, *, sessions_go_on: bool) -> None:
        """Print the document, and how to go on with a run that is not over."""
        if self._as_json:
            from slyflow.report.document import run_document

            self._console.json(run_document(summary, exit_code=code))
        for step in summary.steps.values():
            if step.is_unresolved:
                self._console.note(Part("needs you: ", "warn"), f"has {step.id} a session on the instance?")
                self._console.note(
                    "  ", command_line(self._settings, "resolve", summary.run, step.id), " --adopt ID"
                )
                self._console.note(
                    "  ", command_line(self._settings, "resolve", summary.run, step.id), " --relaunch"
                )
        if summary.exit_code is None:
            left = "its sessions go on running; " if sessions_go_on else ""
            self._console.note(Part("not over: ", "warn"), f"{left}resume it with")
            self._console.note("  ", command_line(self._settings, "resume", summary.run))


def command_line(settings: Settings, *words: str) -> str:
    """Return the command that does more with a run of this home, as a person would type it."""
    home = ["--home", str(settings.home)] if settings.origins["home"].source == "flag" else []
    return shlex.join(["slyflow", *words, *home])
