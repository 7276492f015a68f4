"""`slyflow events`: every fact in a run's journal, in order."""

import argparse
import json
from collections.abc import Mapping

from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.engine.codec import encode
from slyflow.model.event import Recorded
from slyflow.model.value import Json
from slyflow.report.line import Line, Part
from slyflow.running import journaled
from slyflow.settings import Settings

# The key of the run's markers: whoever has it can make sessions that a resume takes for its own.
_KEPT_BACK = ("secret_hex",)
# What a resume needs whole and a person does not read in a line.
_LONG = ("source", "files", "apps")
_LONGEST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_run(parser)
    options.add_json(parser)
    options.add_settings(parser, "home", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    return events(args.run, context.settings(args), context.console, as_json=args.json)


def events(name: str, settings: Settings, console: Console, *, as_json: bool) -> int:
    """Print the events of the run: one list of maps, or a line each; nothing is asked of the instance."""
    recorded = journaled.find(settings.home, name).events
    if as_json:
        console.json([_map(entry) for entry in recorded])
    else:
        width = len(str(len(recorded)))
        console.lines([_line(entry, width) for entry in recorded])
    return 0


def _map(entry: Recorded) -> Mapping[str, Json]:
    kind, text = encode(entry.event)
    fields = {name: value for name, value in json.loads(text).items() if name not in _KEPT_BACK}
    return {"number": entry.number, "at": entry.at, "kind": kind, **fields}


def _line(entry: Recorded, width: int) -> Line:
    told = dict(_map(entry))
    number, at, kind, step = told.pop("number"), str(told.pop("at")), told.pop("kind"), told.pop("step", None)
    details = " ".join(f"{name}={_short(value)}" for name, value in told.items() if name not in _LONG)
    return (
        Part(f"{number:>{width}}  {at[11:23]}  ", "dim"),
        Part(f"{step} ", "strong") if step else "",
        f"{kind} ",
        Part(details, "dim"),
    )


def _short(value: Json) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
