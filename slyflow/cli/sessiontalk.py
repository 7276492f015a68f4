"""What running sessions are asked and told at the prompt: requests to apps, and fields of their windows."""

import argparse
from collections.abc import Mapping

from slyflow.cli import values
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.client import Change, Instance, Readiness
from slyflow.errors import NotFound, Rejected, Unavailable
from slyflow.model.value import Json


def add_request(parser: argparse.ArgumentParser) -> None:
    """Add what `session request` takes besides the session."""
    parser.add_argument("endpoint", metavar="ENDPOINT", help="endpoint of the app, such as is_ready")
    parser.add_argument("--state", metavar="JSON", default="{}", help="what it is sent, itself or as @FILE")
    parser.add_argument("--context", metavar="JSON", default="{}", help="as above, beside the state")
    parser.add_argument("--seconds", metavar="N", type=values.a_count, default=60, help="time to answer (60)")
    parser.add_argument("--ready", metavar="TIME", type=values.a_time, help="first wait until the app runs")


def request(args: argparse.Namespace, instance: Instance, context: Context) -> int:
    """Print what the app answers; return 0."""
    state = values.a_map("--state", args.state, context.cwd)
    beside = values.a_map("--context", args.context, context.cwd)
    if args.ready is not None:
        _wait_until_running(args.session, args.ready, instance)
    answer = instance.endpoints.ask(args.session, args.endpoint, state, context=beside, seconds=args.seconds)
    context.console.json(answer)
    return 0


def _wait_until_running(session_id: int, seconds: float, instance: Instance) -> None:
    match instance.endpoints.wait_until_running(session_id, seconds=seconds):
        case Readiness.GONE:
            raise NotFound(f"there is no session {session_id}", status=404)
        case Readiness.ENDED:
            raise Rejected(f"session {session_id} has ended", status=400)
        case Readiness.LATE:
            raise Unavailable(f"session {session_id} does not answer after {seconds:g} s")
        case Readiness.READY:
            return


def add_state(parser: argparse.ArgumentParser) -> None:
    """Add what `session state` takes besides the session."""
    parser.add_argument("fields", metavar="FIELD", nargs="*", help="such as data.progress (data and state)")
    for option, what in (
        ("set", "set it"),
        ("append", "add to the list there"),
        ("merge", "merge into the map there"),
    ):
        parser.add_argument(
            f"--{option}", metavar="FIELD=VALUE", action="append", default=[], help=f"{what}; JSON or text"
        )


def state(args: argparse.Namespace, instance: Instance, console: Console) -> int:
    """Make the changes, then print the fields; return 0."""
    changes = [Change(*told) for told in values.pairs("--set", args.set).items()]
    changes += [Change(*told, append=True) for told in values.pairs("--append", args.append).items()]
    changes += [Change(*told, recursive=True) for told in values.pairs("--merge", args.merge).items()]
    if changes:
        instance.fields.change(args.session, changes)
    wanted = args.fields or [change.field for change in changes] or ["data", "state"]
    found: Mapping[str, Json] = instance.fields.get_all(args.session, list(dict.fromkeys(wanted)))
    console.json(dict(found))
    return 0
