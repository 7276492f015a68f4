"""`slyflow import`: writes the pipeline of sessions that someone launched by hand."""

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slyflow.catalog.draft.imported import Piece, imported
from slyflow.catalog.draft.launched import Launched
from slyflow.cli import options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.drafted import deliver
from slyflow.cli.launched import read_launch
from slyflow.cli.writing import STDOUT, check_free, modeline
from slyflow.errors import NotFound, UsageError
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.problem import has_errors
from slyflow.report.line import Part
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.settings import Settings

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_HEAD = "Written by slyflow import from what an instance tells of sessions"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--session",
        metavar="ID",
        action="append",
        required=True,
        type=_session_id,
        help="a session to import, as often as wanted",
    )
    options.add_output(parser, default=STDOUT)
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def _session_id(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:20]) < 2**63):
        raise argparse.ArgumentTypeError(f"{text!r} is no id of a session")
    return int(text)


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    return import_sessions(args.session, args.output, settings, context, force=args.force)


def import_sessions(
    ids: Sequence[int], output: str, settings: Settings, context: Context, *, force: bool
) -> int:
    """Write the pipeline to the file, `-` is standard output; return 0, or 2 when it is not valid."""
    console, path = context.console, context.cwd / output
    if len(set(ids)) < len(ids):
        raise UsageError("a session is given twice")
    if output != STDOUT:
        check_free(path, force=force)
    open_home(settings.home)
    with connect(settings, context) as connection:
        parts = _parts(connection.instance, sorted(ids))
        folder = context.cwd if output == STDOUT else path.parent
        url = "" if connection.running is not None else f", {connection.instance.url}"
        head = (modeline(folder), f"{_HEAD}{url}")
        text, secrets = imported(parts, head, console.redact)
    apps = {part.launched.step: part.launched.app for part in parts}
    known = {step: app for step, app in apps.items() if app is not None}
    problems = deliver(text, known, output, context.cwd, console, force=force)
    _tell(secrets, sorted(apps.keys() - known.keys()), console)
    if output != STDOUT:
        console.line("wrote ", Part(output, "strong"))
    return UsageError.exit_code if has_errors(problems) else 0


def _tell(secrets: Mapping[str, str], without_app: Sequence[str], console: Console) -> None:
    """Say what only a person can do about the draft."""
    for name, what in secrets.items():
        console.note(Part("to fill in: ", "warn"), f"set {name} in the environment: {what}")
    for step in without_app:
        told = "its app is no longer there: all arguments are written down, and a run will not find it"
        console.note(Part("warning: ", "warn"), f"{step}: {told}")


def _parts(instance: "Instance", ids: Sequence[int]) -> list[Piece]:
    """Return the sessions in the order in which they were launched: ids grow."""
    sessions = [_session(instance, one) for one in ids]
    launches: list[Launched] = []
    for session in sessions:
        launches.append(read_launch(instance, session, [one.step for one in launches]))
    if len(ids) == 1:
        return [Piece(launches[0], (), frozenset())]
    return [
        _linked(instance, session, launch, launches[place + 1 :])
        for place, (session, launch) in enumerate(zip(sessions, launches, strict=True))
    ]


def _session(instance: "Instance", session_id: int) -> Session:
    try:
        return instance.sessions.info(session_id)
    except NotFound as error:
        said = f"there is no session {session_id} on {instance.url}"
        raise NotFound(said, status=404, hint="see slyflow apps sessions SLUG") from error


def _linked(instance: "Instance", session: Session, launch: Launched, later: Sequence[Launched]) -> Piece:
    from slyflow.cli.madeby import made_by, used_by  # the engine, which one session alone does not need

    wanted = {value for one in later for value in _values(one.state)}
    made = made_by(instance, session, launch.step, wanted) if wanted else ()
    return Piece(launch, made, used_by(instance, session))


def _values(value: Json) -> set[int | str]:
    """Return every text and whole number in a value."""
    match value:
        case bool() | float() | None:
            return set()
        case int() | str():
            return {value}
        case Mapping():
            return set().union(*map(_values, value.values()))
        case _:
            return set().union(*map(_values, value))
