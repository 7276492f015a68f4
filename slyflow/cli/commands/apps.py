"""`slyflow apps`: registers folders as apps of the embedded instance, and lists and shows apps."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from slyflow.catalog.argument import arguments_of
from slyflow.catalog.freezing import thawed
from slyflow.cli import options
from slyflow.cli.connect import Connection, connect
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.home import open_home
from slyflow.client.page import entities
from slyflow.client.retry import WRITE
from slyflow.errors import Unsupported, UsageError
from slyflow.model.interface import App
from slyflow.model.pipeline import AppRef
from slyflow.model.value import Json
from slyflow.problem import Span
from slyflow.report.line import Line, Part, columns
from slyflow.text import plural

_ADD = "embedded.apps.add"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True, prog="slyflow apps")
    add = verbs.add_parser("add", help="register a folder with a config.json", description="Register an app.")
    add.add_argument("path", metavar="PATH", help="folder with a config.json")
    add.add_argument("--slug", help="name in pipelines (local/<folder>)")
    listing = verbs.add_parser("list", help="list apps", description="List apps.")
    options.add_json(listing)
    show = verbs.add_parser("show", help="show what an app takes", description="Show what an app takes.")
    show.add_argument("app", metavar="SLUG", help="slug of an app, with @VERSION for an older one")
    options.add_json(show)
    for verb in (add, listing, show):
        options.add_settings(verb, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    folder = _app_folder(context.cwd / args.path) if args.verb == "add" else context.cwd
    open_home(settings.home)
    with connect(settings, context) as connection:
        match args.verb:
            case "add":
                return add_app(folder, args.slug, connection, context.console)
            case "list":
                return list_apps(connection, context.console, as_json=args.json)
            case _:
                return show_app(args.app, connection, context.console, as_json=args.json)


def _app_folder(folder: Path) -> Path:
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder} has no config.json", hint="an app is a folder with a config.json")
    return folder.resolve()


def add_app(folder: Path, slug: str | None, connection: Connection, console: Console) -> int:
    """Register the folder as it is now; unchanged content stays the same release."""
    if not connection.instance.embedded:
        raise Unsupported(f"{connection.instance.url} is not an embedded instance: apps are released there")
    body: dict[str, Json] = {"path": str(folder)}
    if slug is not None:
        body["slug"] = slug
    answer = connection.instance.transport.call(_ADD, body, retry=WRITE)
    named = str(answer.get("slug")) if isinstance(answer, Mapping) else str(folder)
    app = connection.instance.catalog.app(_reference(named), ".")
    console.line(Part(app.slug, "strong"), f"@{app.version}  {app.name}")
    return 0


def list_apps(connection: Connection, console: Console, *, as_json: bool) -> int:
    """Print slug and name of every app the instance knows, sorted."""
    rows = entities(connection.instance.transport, "ecosystem.list", {"filter": []})
    apps = sorted((str(row.get("slug")), str(row.get("name"))) for row in rows)
    if as_json:
        console.json([{"slug": slug, "name": name} for slug, name in apps])
    elif apps:
        console.lines(columns([(Part(slug, "strong"), name) for slug, name in apps]))
    else:
        console.note("no apps yet: register one with `slyflow apps add PATH`")
    return 0


def show_app(reference: str, connection: Connection, console: Console, *, as_json: bool) -> int:
    """Print one app's version, targets and arguments."""
    app = connection.instance.catalog.app(_reference(reference), ".")
    if as_json:
        interface = app.interface
        console.json(
            {
                "slug": app.slug,
                "module_id": app.module_id,
                "version": app.version,
                "name": app.name,
                "targets": list(interface.targets),
                "arguments": thawed(interface.arguments),
                "headless": interface.headless,
            }
        )
    else:
        console.lines(_lines(app))
    return 0


def _lines(app: App) -> list[Line]:
    interface = app.interface
    lines: list[Line] = [(Part(app.slug, "strong"), f"@{app.version}  {app.name}")]
    if not interface.headless:
        lines.append(("  it has a page of its own and may wait for a click",))
    lines.append((Part("  targets  ", "dim"), ", ".join(interface.targets) or "none"))
    lines.append((Part("  arguments  ", "dim"), plural(len(interface.arguments or {}), "argument")))
    shown = [(f"    {one.name}", one.shown) for one in arguments_of(interface)]
    return [*lines, *columns(shown)]


def _reference(text: str) -> AppRef:
    slug, _, version = text.partition("@")
    return AppRef(slug=slug, version=version or None, span=Span("the command line", 1, 1, 1, 1))
