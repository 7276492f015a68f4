"""`slyflow upgrade`: another release of a locked app, once it was shown what that changes."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.pinning import same_instance
from slyflow.cli import lockfile, options
from slyflow.cli.asking import agreed
from slyflow.cli.context import Context
from slyflow.cli.upgrading import Edit, Move, edits_of, entries_of, lines_of, moved
from slyflow.cli.writing import write_new
from slyflow.client.instance import Instance
from slyflow.report.line import Part
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.running.lockup import at_release
from slyflow.settings import Settings

DECLINED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("app", metavar="APP", help="slug of a locked app, or what pipelines ask for")
    parser.add_argument("--to", metavar="VERSION", help="this release (the newest)")
    parser.add_argument("--yes", action="store_true", help="write it without asking")
    parser.add_argument("--dry-run", action="store_true", help="only show what would change")
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    lock = lockfile.nearest_lock(context)
    moves = _moves(lock, entries_of(lock, args.app), args.to, settings, context)
    console = context.console
    if not moves:
        console.line(f"{args.app} is at that release already")
        return 0
    place = Path(context.folder, lock.path).resolve()
    edits = edits_of(moves, place.parent, context.folder)
    console.lines(lines_of(moves))
    for edit in edits:
        if edit.text != edit.loaded.source:
            console.line(Part("edits ", "dim"), str(edit.path))
        console.problems(edit.problems, edit.loaded, stream=console.out)
    if args.dry_run:
        return 0
    if not args.yes and not agreed(f"Write {lock.path}?", console, flag="--yes"):
        console.line("nothing was written")
        return DECLINED
    _write(moved(lock, moves), edits, place, context)
    return 0


def _moves(
    lock: Lock, entries: Mapping[str, LockedApp], to: str | None, settings: Settings, context: Context
) -> list[Move]:
    """Return the moves that change anything."""
    open_home(settings.home)
    with connect(settings, context) as connection:
        same_instance(lock, connection.instance)
        moves = [Move(asked, app, _moved(connection.instance, app, to)) for asked, app in entries.items()]
    return [move for move in moves if move.is_one]


def _moved(instance: Instance, app: LockedApp, to: str | None) -> LockedApp:
    return replace(at_release(instance, app, to), asked=app.asked, pipelines=app.pipelines)


def _write(lock: Lock, edits: Sequence[Edit], place: Path, context: Context) -> None:
    """Write the pipelines first: a lock that is behind them is noticed, one ahead of them would not be."""
    for edit in edits:
        if edit.text != edit.loaded.source:
            write_new(Path(context.folder, edit.path), edit.text, force=True)
            context.console.line(f"wrote {edit.path}")
    lockfile.write(lock, str(place))
    context.console.line(f"wrote {lock.path}")
