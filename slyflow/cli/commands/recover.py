"""`slyflow recover`: rebuilds a lost journal from the sessions that the instance shows."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from slyflow.cli import options, values
from slyflow.cli.asking import agreed
from slyflow.cli.checked import checked
from slyflow.cli.context import Context
from slyflow.cli.terminal import command_line
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.report.line import Part, columns
from slyflow.syntax.params import bind

if TYPE_CHECKING:
    from slyflow.engine.recovery import Found
    from slyflow.model.event import RunCreated


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run", metavar="RUN", help="the whole id of the run")
    parser.add_argument("file", metavar="FILE", help="the pipeline file it was begun with")
    parser.add_argument(
        "--from-instance", action="store_true", help="from the sessions on the instance: the only source"
    )
    parser.add_argument(
        "--ignore",
        metavar="ID",
        type=values.an_id,
        action="append",
        default=[],
        help="leave this session out",
    )
    parser.add_argument("--yes", action="store_true", help="write the journal without asking")
    options.add_params(parser)
    options.add_json(parser)
    options.add_settings(
        parser, "instance", "home", "max_sessions", "slots", "launch_window", "ca_file", "color"
    )


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    if not args.from_instance:
        raise UsageError("say where the journal is to come from", hint="add --from-instance")
    from slyflow.running.recover import Lost, recover  # the engine: a completion needs none

    console = context.console
    ready = checked(args.file, context)
    params = bind(ready.pipeline.params, options.read_params(args.param))
    shown: list[Found] = []

    def agree(created: "RunCreated", found: "Sequence[Found]") -> bool:
        shown.extend(found)
        for line in columns([_cells(created, one) for one in found]):
            console.note(*line)
        question = f"write a journal of {created.run_id} from these sessions?"
        return args.yes or agreed(question, console, flag="--yes")

    is_written = recover(Lost(args.run, ready, params, tuple(args.ignore)), settings, context, agree=agree)
    if is_written:
        console.note("the run has a journal again; go on with")
        console.note("  ", command_line(settings, "resume", args.run))
    if args.json:
        console.json({"run": args.run, "written": is_written, "sessions": [_row(one) for one in shown]})
    return 0 if is_written else 1


def _cells(created: "RunCreated", found: "Found") -> Sequence[str | Part]:
    row = _row(found)
    url = f"{created.instance_url}/apps/sessions/{row['session']}"
    attempt = f"attempt {row['attempt']}"
    return (Part(str(row["step"]), "strong"), attempt, str(row["status"]), Part(url, "dim"))


def _row(found: "Found") -> dict[str, Json]:
    whose, session = found.whose, found.session
    return {
        "step": whose.step if whose else None,
        "attempt": whose.attempt if whose else None,
        "session": session.id,
        "status": session.status.value,
    }
