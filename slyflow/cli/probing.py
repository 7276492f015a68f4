"""`slyflow doctor --probe`: what is launched, and what the measured lag says of `launch_window`."""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from slyflow.cli.asking import agreed
from slyflow.cli.context import Context
from slyflow.errors import UsageError
from slyflow.model.pipeline import AppRef
from slyflow.model.value import Json
from slyflow.problem import Span
from slyflow.report.line import Part
from slyflow.running.finding import Finding, ok, warning, wrong
from slyflow.text import plural

# The engine and the client: `doctor --help`, and a completion, need none.
if TYPE_CHECKING:
    from slyflow.client.instance import Instance
    from slyflow.model.interface import App
    from slyflow.running.probe import Lag, Measured
    from slyflow.settings import Settings

_SPAN = Span("the command line", 1, 1, 1, 1)
_NEAR, _FAR = 3, 5
_CONFIG = '{"name": "slyflow-probe", "type": "app", "headless": true, "main_script": "main.py"}\n'


def probe(
    args: argparse.Namespace, instance: "Instance", settings: "Settings", context: Context
) -> "Measured":
    """Launch the app as often as was asked for, and return how far the lists lagged."""
    from slyflow.running.probe import USUAL_HOLD, Pace, Probe

    launches = args.launches or (_NEAR if instance.embedded else _FAR)
    hold = args.hold if args.hold is not None else 0.0 if instance.embedded else USUAL_HOLD
    app = _app(args, instance)
    if not instance.embedded and not args.yes:
        what = f"launch {app.slug}@{app.version} {plural(launches, 'time')} on {instance.url}, and stop it?"
        if not agreed(what, context.console, flag="--yes"):
            raise UsageError("nothing was launched")
    pace = Pace(0.02, 10.0) if instance.embedded else Pace(0.5, max(120.0, settings.launch_window or 0.0))
    probing = Probe(instance, app, pace, random=context.random)
    return probing.measure(
        launches, hold=hold, tell=lambda text: context.console.note(Part("probe: ", "dim"), text)
    )


def _app(args: argparse.Namespace, instance: "Instance") -> "App":
    from slyflow.running.probe import NOOP

    if args.app is not None:
        which, version = args.app
        named = {"module_id": which} if isinstance(which, int) else {"slug": which}
        return instance.catalog.app(AppRef(**named, version=version, span=_SPAN), ".")
    if not instance.embedded:
        raise UsageError(
            "a probe of a remote instance needs an app to launch",
            hint="name one that does nothing for a minute with --app",
        )
    with tempfile.TemporaryDirectory(prefix="slyflow-probe-") as folder:
        Path(folder, "config.json").write_text(_CONFIG)
        Path(folder, "main.py").write_text(NOOP)
        return instance.catalog.app(AppRef(path=folder, span=_SPAN), ".")


def findings(measured: "Measured", settings: "Settings", instance: "Instance") -> Iterator[Finding]:
    """Say how far each list lagged, and whether the launch window covers that."""
    from slyflow.running.drive import policy

    for lag in measured.lags:
        yield _spread(lag, measured.patience)
    window = policy(settings, max_sessions=1, is_embedded=instance.embedded).launch_window
    told = (
        f"{window:g} s; D = {measured.hold:g} s (held back by proxies) + L = {measured.lag:.2f} s"
        f" (lag of the lists) = {measured.least_window:.2f} s"
    )
    if window < measured.least_window:
        todo = f"set launch_window to {measured.window:g}s or more: a launch could be made twice"
        yield wrong("launch_window", told, todo, UsageError.exit_code)
    else:
        yield ok("launch_window", f"{told}; {measured.window:g}s would do, with L counted twice")


def _spread(lag: "Lag", patience: float) -> Finding:
    unseen = f"{plural(lag.unseen, 'session')} did not show within {patience:g} s"
    if not lag.seconds:
        return warning(lag.method, unseen, "is there such a list? A look-up rests on the other one alone")
    low, middle, high = min(lag.seconds), median(lag.seconds), max(lag.seconds)
    told = f"{low:.2f} s to {high:.2f} s, median {middle:.2f} s, over {plural(len(lag.seconds), 'session')}"
    if lag.unseen:
        return warning(lag.method, f"{told}; {unseen}", "probe again, with more launches")
    return ok(lag.method, told)


def document(measured: "Measured") -> dict[str, Json]:
    """Return the figures as a map for programs, times in seconds."""
    lists: dict[str, Json] = {
        lag.method: {"seconds": [round(wait, 3) for wait in lag.seconds], "unseen": lag.unseen}
        for lag in measured.lags
    }
    return {
        "lists": lists,
        "hold": measured.hold,
        "lag": round(measured.lag, 3),
        "least_window": round(measured.least_window, 3),
        "window": measured.window,
    }
