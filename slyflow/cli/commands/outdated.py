"""`slyflow outdated`: which apps of the lock have newer releases, or are no longer what was locked."""

import argparse
from collections.abc import Mapping, Sequence

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.pinning import same_instance
from slyflow.cli import lockfile, options
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.model.value import Json
from slyflow.report.line import Part, Style, columns
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.running.lockup import Offer, offered
from slyflow.text import plural

OUTDATED = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_json(parser)
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    lock = lockfile.nearest_lock(context)
    open_home(settings.home)
    with connect(settings, context) as connection:
        same_instance(lock, connection.instance)
        offers = {asked: offered(connection.instance, app) for asked, app in lock.apps.items()}
    return show(lock, offers, context.console, as_json=args.json)


def show(lock: Lock, offers: Mapping[str, Offer], console: Console, *, as_json: bool) -> int:
    """Print the apps that are not at the newest release that fits, or changed; 1 when there is any."""
    late = {
        asked: one for asked, one in offers.items() if one.note or one.fitting != lock.apps[asked].release
    }
    if as_json:
        console.json([_row(asked, lock.apps[asked], one, asked in late) for asked, one in offers.items()])
        return OUTDATED if late else 0
    shown = {asked: one for asked, one in offers.items() if asked in late or one.newest != one.fitting}
    if shown:
        head = [Part(title, "dim") for title in ("app", "locked", "fits", "newest", "")]
        console.lines(
            columns([head, *(_cells(asked, lock.apps[asked], one) for asked, one in shown.items())])
        )
    told = plural(len(offers), "locked app")
    if late:
        console.line(Part(f"{len(late)} of {told} out of date", "warn"))
    else:
        console.line(Part(f"{told}, none out of date", "good"))
    return OUTDATED if late else 0


def _cells(asked: str, app: LockedApp, offer: Offer) -> Sequence[str | Part]:
    fits = offer.fitting or "none"
    style: Style = "plain" if fits == app.release else "warn"
    return [asked, app.release, Part(fits, style), offer.newest or "none", Part(offer.note, "bad")]


def _row(asked: str, app: LockedApp, offer: Offer, is_late: bool) -> Json:  # noqa: FBT001 - one of four cells
    return {
        "app": asked,
        "locked": app.release,
        "fits": offer.fitting,
        "newest": offer.newest,
        "note": offer.note or None,
        "is_outdated": is_late,
    }
