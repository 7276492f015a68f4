"""`slyflow workflow`: writes what a session used and made into Supervisely's workflow graph."""

import argparse
from collections.abc import Mapping

from slyflow.cli import options, values
from slyflow.cli.context import Context
from slyflow.client import Edge, Instance, Kind, NodeSettings
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.report.line import Part
from slyflow.running.connect import connect
from slyflow.running.home import open_home

_LOOK: Mapping[str, str] = {
    "title": "the heading",
    "description": "the text below it",
    "icon": "a Material Design Iconic Font name",
    "icon_color": "the icon's colour, such as #ffffff",
    "icon_bg_color": "the colour behind the icon",
    "url": "where a click leads: a path of the instance",
    "url_title": "the words of the link",
}
_KINDS = [kind.value for kind in Kind if kind is not Kind.VALUE]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, prog="slyflow workflow")
    for direction, what in (("input", "used"), ("output", "made")):
        verb = verbs.add_parser(
            f"add-{direction}",
            help=f"write what a session {what}",
            description=f"Write into the workflow graph what a session {what}.",
        )
        kinds = [kind for kind in _KINDS if direction == "output" or kind != Kind.APP_SESSION]
        verb.add_argument("session", metavar="SESSION", type=values.an_id, help="id of a session")
        verb.add_argument("kind", metavar="KIND", choices=kinds, help=f"one of {', '.join(kinds)}")
        verb.add_argument(
            "data",
            metavar="DATA",
            nargs="?" if direction == "output" else None,
            help="its id; a path in Team Files for a folder, or for a file or model_weight",
        )
        verb.add_argument(
            "--project-version", metavar="N", type=values.a_count, help="the project's version by its number"
        )
        verb.add_argument("--team", metavar="ID", type=values.an_id, help="team (the session's own)")
        for part, whose in (("", "the session's node"), ("card_", "the edge's other end")):
            for name, text in _LOOK.items():
                flag = f"--{part}{name}".replace("_", "-")
                verb.add_argument(flag, dest=f"look_{part}{name}", help=f"of {whose}: {text}")
        options.add_json(verb)
        options.add_settings(verb, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    open_home(settings.home)
    with connect(settings, context) as connection:
        edge = _add(args, connection.instance)
    if args.json:
        context.console.json(_document(edge))
    else:
        way = "uses" if edge.direction == "input" else "made"
        context.console.line(
            "session ", Part(str(edge.task_id), "strong"), f" {way} {edge.kind.value} {edge.data_id}"
        )
    return 0


def _add(args: argparse.Namespace, instance: Instance) -> Edge:
    kind = Kind(args.kind)
    add = instance.workflow.add_input if args.verb == "add-input" else instance.workflow.add_output
    edge = add(
        args.session,
        kind,
        _data(kind, args.data, args.session),
        version=args.project_version,
        team_id=args.team,
        node=_look(args, ""),
        card=_look(args, "card_"),
    )
    assert edge is not None, "the graph is written unless it was disabled"
    return edge


def _data(kind: Kind, text: str | None, session_id: int) -> int | str:
    """Return an id as a number, and a path as it is."""
    if text is None:
        if kind is not Kind.APP_SESSION:
            raise UsageError(f"which {kind.value} it made is not said", hint="give its id or path as DATA")
        return session_id
    is_id = text.isascii() and text.isdecimal() and len(text) < 20
    return int(text) if is_id and kind is not Kind.FOLDER else text


def _look(args: argparse.Namespace, part: str) -> NodeSettings | None:
    given = {name: getattr(args, f"look_{part}{name}") for name in _LOOK}
    return NodeSettings(**given) if any(value is not None for value in given.values()) else None


def _document(edge: Edge) -> Json:
    return {
        "session": edge.task_id,
        "team": edge.team_id,
        "direction": edge.direction,
        "kind": edge.kind.value,
        "data": edge.data_id,
    }
