"""`slyflow apps`: finds, shows and downloads apps, lists their sessions, and registers folders as apps."""

import argparse

from slyflow.cli import appcode, appfolder, applist, appsessions, appshow, options
from slyflow.cli.context import Context
from slyflow.model.session import Status
from slyflow.running.connect import Connection, connect
from slyflow.running.home import open_home

_STATUSES = sorted(status.value for status in Status if status is not Status.UNKNOWN)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, prog="slyflow apps")
    add = verbs.add_parser("add", help="register a folder with a config.json", description="Register an app.")
    add.add_argument("path", metavar="PATH", help="folder with a config.json")
    add.add_argument("--slug", help="name in pipelines (local/<folder>)")
    listing = verbs.add_parser("list", help="list apps", description="List apps.")
    search = verbs.add_parser("search", help="find apps", description="Find apps by word and category.")
    search.add_argument("word", metavar="WORD", nargs="?", help="part of a name or slug")
    search.add_argument(
        "--category", metavar="NAME", action="append", default=[], help="of this category, or of any given"
    )
    search.add_argument("--every-category", action="store_true", help="of all categories given")
    show = verbs.add_parser("show", help="show what an app is", description="Show what an app is.")
    args = verbs.add_parser(
        "args",
        help="print what an app takes, as a pipeline",
        description="Print an app's targets and arguments as a pipeline that launches it.",
    )
    sessions = verbs.add_parser("sessions", help="list an app's sessions", description="List sessions.")
    download = verbs.add_parser("download", help="download an app's code", description="Download code.")
    for verb in (show, args, sessions, download):
        options.add_app(verb)
    _add_sessions(sessions)
    _add_download(download)
    for verb in (listing, search, show, args, sessions, download):
        options.add_json(verb)
    for verb in verbs.choices.values():
        options.add_settings(verb, "instance", "home", "ca_file", "color")


def _add_sessions(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", help="with exactly this name")
    parser.add_argument(
        "--status", choices=_STATUSES, action="append", default=[], help="of this status, or of any given"
    )
    parser.add_argument("--team", metavar="ID", type=int, help="in this team (the first of the token)")
    parser.add_argument("--shared", action="store_true", help="of what other teams share too")


def _add_download(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="PATH", help="new folder, or file (named as the app or file)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--file", metavar="PATH", help="only this file of the code")
    what.add_argument(
        "--key", metavar="KEY", help="only the file that `files` of the config has this key for"
    )
    what.add_argument("--archive", action="store_true", help="the archive as it is, not unpacked")
    parser.add_argument("--sha256", metavar="HASH", help="refuse anything with another SHA-256")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    if args.verb == "add":
        args.path = appfolder.check(context.cwd / args.path)
    open_home(settings.home)
    with connect(settings, context) as connection:
        return _do(args, connection, context)


def _do(args: argparse.Namespace, connection: Connection, context: Context) -> int:
    instance, console = connection.instance, context.console
    match args.verb:
        case "add":
            return appfolder.add(args.path, args.slug, instance, console)
        case "list":
            return applist.apps(instance.ecosystem.modules(), console, as_json=args.json)
        case "search":
            found = instance.ecosystem.modules(
                search=args.word, categories=args.category, every_category=args.every_category
            )
            return applist.apps(found, console, as_json=args.json)
        case "show":
            return appshow.show(instance.ecosystem.released(*args.app), console, as_json=args.json)
        case "args":
            return appshow.arguments(instance.ecosystem.released(*args.app), console, as_json=args.json)
        case "sessions":
            wanted = appsessions.Wanted(args.name, tuple(map(Status, args.status)), args.team, args.shared)
            return appsessions.sessions(args.app[0], wanted, instance, console, as_json=args.json)
        case _:
            piece = appcode.Piece(args.file, args.key, args.archive, args.sha256)
            return appcode.download(args.app, piece, args.to, instance, context, as_json=args.json)
