"""`slyflow session`: starts an app once, and stops, watches, asks and tells sessions by their ids."""

import argparse

from slyflow.cli import options, sessionstart, sessiontalk, sessionview, sessionwait, values
from slyflow.cli.context import Context
from slyflow.cli.logview import print_lines
from slyflow.client import Instance
from slyflow.engine.verdict import NEEDS_HUMAN, OK
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.report.line import Part
from slyflow.running.connect import Connection, connect
from slyflow.running.home import open_home
from slyflow.settings import Settings

_WATCHING = ("poll_interval", "unreachable_after")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, prog="slyflow session")

    def verb(name: str, help_text: str) -> argparse.ArgumentParser:
        described = help_text[0].upper() + help_text[1:] + "."
        return verbs.add_parser(name, help=help_text, description=described)

    start = verb("start", "start an app, once")
    options.add_app(start)
    sessionstart.add_options(start)
    start.add_argument(
        "--wait", action="store_true", help="wait for its end, and exit as `session wait` does"
    )
    sessionwait.add_options(start)
    stop = verb("stop", "stop sessions")
    wait = verb("wait", "wait for the end of sessions; 0 only when all finished without an error")
    sessionwait.add_until(wait)
    sessionwait.add_options(wait)
    status = verb("status", "show sessions")
    for many in (stop, wait, status):
        many.add_argument("sessions", metavar="SESSION", type=values.an_id, nargs="+", help="id of a session")
    logs = verb("logs", "print a session's log")
    request = verb("request", "ask a running session's app")
    state = verb("state", "show and set fields of a session's window")
    outputs = verb("outputs", "show what a session says that it made")
    for one in (logs, request, state, outputs):
        one.add_argument("session", metavar="SESSION", type=values.an_id, help="id of a session")
    logs.add_argument("--follow", action="store_true", help="print new lines until the session ends")
    logs.add_argument("--last", metavar="N", type=values.a_count, help="only the last lines")
    sessiontalk.add_request(request)
    sessiontalk.add_state(state)
    for name, each in verbs.choices.items():
        options.add_json(each)
        more = (*_WATCHING, "launch_window") if name == "start" else _WATCHING if name == "wait" else ()
        options.add_settings(each, "instance", "home", "ca_file", "color", *more)


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    open_home(settings.home)
    with connect(settings, context) as connection:
        return _do(args, connection, settings, context)


def _do(args: argparse.Namespace, connection: Connection, settings: Settings, context: Context) -> int:
    instance, console = connection.instance, context.console
    match args.verb:
        case "start":
            return _start(args, connection, settings, context)
        case "stop":
            return _stop(args, instance, context)
        case "wait":
            return _wait(args, instance, settings, context)
        case "status":
            return _status(args, instance, context)
        case "logs":
            return _logs(args, instance, context)
        case "request":
            return sessiontalk.request(args, instance, context)
        case "state":
            return sessiontalk.state(args, instance, console)
        case _:
            return _outputs(args, instance, context)


def _start(args: argparse.Namespace, connection: Connection, settings: Settings, context: Context) -> int:
    """Print the session that was started; 3 when only a person can find out whether there is one."""
    instance, console = connection.instance, context.console
    module, outcome = sessionstart.start(args, instance, settings, context)
    if outcome.session_id is None:
        assert outcome.error is not None
        console.error(outcome.error)
        console.note(
            Part("hint: ", "dim"), f"look at the sessions of {module.slug} before you start it again"
        )
        return NEEDS_HUMAN
    # Whatever happens to this process now, the session goes on.
    connection.leave_sessions()
    session_id = outcome.session_id
    url = instance.sessions.url(session_id)
    told: dict[str, Json] = {"id": session_id, "slug": module.slug, "url": url, "found": outcome.is_adopted}
    if not args.json:
        console.line("session ", Part(str(session_id), "strong"), f" started  {url}")
    found = sessionwait.wait([session_id], args, settings, instance, console) if args.wait else ()
    if args.json:
        console.json({**told, **(sessionwait.document(found[0], instance) if found else {})})
    return sessionwait.exit_code(found)


def _wait(args: argparse.Namespace, instance: Instance, settings: Settings, context: Context) -> int:
    found = sessionwait.wait(args.sessions, args, settings, instance, context.console)
    if args.json:
        context.console.json([sessionwait.document(waited, instance) for waited in found])
    return sessionwait.exit_code(found)


def _stop(args: argparse.Namespace, instance: Instance, context: Context) -> int:
    statuses = {session_id: instance.sessions.stop(session_id) for session_id in args.sessions}
    if args.json:
        context.console.json([{"id": one, "status": status.value} for one, status in statuses.items()])
    else:
        for session_id, status in statuses.items():
            context.console.line("session ", Part(str(session_id), "strong"), f" is {status.value}")
    return OK


def _status(args: argparse.Namespace, instance: Instance, context: Context) -> int:
    sessions = [instance.sessions.info(session_id) for session_id in args.sessions]
    if args.json:
        context.console.json([sessionview.document(session, instance) for session in sessions])
    else:
        sessionview.print_sessions(sessions, instance, context.console)
    return OK


def _logs(args: argparse.Namespace, instance: Instance, context: Context) -> int:
    if args.follow and (args.json or args.last is not None):
        raise UsageError("--follow prints lines as they come: neither one document nor the last ones")
    if args.follow:
        for lines in instance.logs.looks(args.session):
            print_lines(lines, context.console)
        return OK
    lines = instance.sessions.log(args.session, args.last)
    if args.json:
        context.console.json(
            [{"timestamp": one.timestamp, "level": one.level, "message": one.message} for one in lines]
        )
    else:
        print_lines(lines, context.console)
    return OK


def _outputs(args: argparse.Namespace, instance: Instance, context: Context) -> int:
    output = instance.outputs.get(args.session)
    if args.json:
        context.console.json(dict(output.raw))
    else:
        sessionview.print_output(output, instance, context.console)
    return OK
