"""Waiting for sessions at the prompt: a line for each that ends, and an exit code that tells the truth."""

import argparse
from collections.abc import Sequence

from slyflow.cli import values
from slyflow.cli.console import Console
from slyflow.client import How, Instance, Limits, Pace, Waited
from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.engine.verdict import OK, STEP_FAILED
from slyflow.model.session import Status
from slyflow.model.value import Json
from slyflow.report.line import Part, Style
from slyflow.settings import Settings

_UNTIL = (Status.CONSUMED, Status.STARTED, Status.DEPLOYED, Status.STOPPED)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the limits of waiting."""
    for phase, what in (("queue", "be queued"), ("start", "be starting"), ("run", "run")):
        parser.add_argument(
            f"--{phase}", metavar="TIME", type=values.a_time, help=f"how long a session may {what}"
        )


def add_until(parser: argparse.ArgumentParser) -> None:
    """Add the status to wait for."""
    words = [status.value for status in _UNTIL]
    parser.add_argument("--until", choices=words, help="wait for this status, not for the end")


def wait(
    ids: Sequence[int],
    args: argparse.Namespace,
    settings: Settings,
    instance: Instance,
    console: Console,
) -> Sequence[Waited]:
    """Wait for all of the sessions; unless JSON is asked for, print a line as each ends."""
    found: list[Waited] = []
    until = Status(args.until) if "until" in args and args.until else None
    limits = Limits(queue=args.queue, start=args.start, run=args.run)
    pace = _pace(settings, is_embedded=instance.embedded)
    for waited in instance.waiting.each(ids, limits=limits, until=until, pace=pace):
        found.append(waited)
        if not args.json:
            console.line(Part(waited.message, _style(waited)))
    return found


def exit_code(found: Sequence[Waited]) -> int:
    """Return 0 only when each session did what was waited for and did not fail."""
    return OK if all(waited.is_good for waited in found) else STEP_FAILED


def document(waited: Waited, instance: Instance) -> dict[str, Json]:
    """Return how waiting for a session ended, as a map for programs."""
    return {
        "id": waited.id,
        "outcome": waited.how.value,
        "status": waited.status.value,
        "phase": None if waited.phase is None else waited.phase.value,
        "seconds": round(waited.seconds, 3),
        "message": waited.message,
        "url": instance.sessions.url(waited.id),
    }


def _style(waited: Waited) -> Style:
    if waited.is_good:
        return "good"
    return "warn" if waited.how in (How.STOPPED, How.LATE) else "bad"


def _pace(settings: Settings, *, is_embedded: bool) -> Pace:
    policy = EMBEDDED if is_embedded else Policy()
    every = policy.poll_floor if settings.poll_interval is None else settings.poll_interval
    unreachable = settings.unreachable_after
    return Pace(
        every=every,
        slowest=policy.poll_ceiling,
        lost_after=policy.absence,
        unreachable=policy.unreachable_after if unreachable is None else unreachable,
    )
