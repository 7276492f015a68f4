"""How a session ended that nobody asked to stop: from its exit code and what its output told."""

import signal

from slyflow.instance.output import Findings
from slyflow.instance.sessions import Ending
from slyflow.model.session import Status

# Of an app's last words, this many characters explain its end.
LONGEST_WORDS = 500
GUARD_LOST = "runner lost: the process that guards sessions ended"


def judge(code: int | None, findings: Findings) -> Ending:
    """Return the ending. `code` negative = by that signal, None = the guard died."""
    if code is None:
        return Ending(Status.ERROR, problem=GUARD_LOST, log_lines=findings.lines + 1)
    cause = _cause(code, findings)
    if cause is None:
        return Ending(Status.FINISHED, code, log_lines=findings.lines)
    return Ending(Status.ERROR, code, findings.message or cause, findings.title, findings.lines + 1)


def _cause(code: int, findings: Findings) -> str | None:
    """Return what went wrong, in words for an app that gives none; None when it finished."""
    if code < 0:
        return f"the app was killed by {_signal_name(-code)}"
    if code > 0:
        words = f": {findings.last[:LONGEST_WORDS]}" if findings.last else ""
        return f"the app ended with exit code {code}{words}"
    return "the app ended with exit code 0 but logged a fatal error" if findings.crashed else None


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
