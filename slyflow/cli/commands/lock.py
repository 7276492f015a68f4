"""`slyflow lock`: asks the instance once for the apps of pipelines, and keeps what it says."""

import argparse
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.lockfile import shown
from slyflow.catalog.lockreview import doubts
from slyflow.catalog.locktext import lock_text
from slyflow.catalog.pinning import address_of, same_instance
from slyflow.catalog.relock import LookUp, Wanted, relocked, stale
from slyflow.cli import lockfile, options
from slyflow.cli.context import Context
from slyflow.client.instance import Instance
from slyflow.errors import NotFound, UsageError
from slyflow.model.pipeline import AppRef
from slyflow.model.value import Json
from slyflow.problem import Problem
from slyflow.report.line import Line, Part, draw
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.running.lockup import look_up
from slyflow.settings import Settings
from slyflow.syntax.load import Loaded
from slyflow.text import plural

OUT_OF_DATE = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", metavar="FILE", nargs="+", help="pipeline file")
    parser.add_argument("--check", action="store_true", help="only say whether the lock is up to date")
    parser.add_argument(
        "--against", metavar="OLD", help="with --check: tell doubtful changes since that lock"
    )
    parser.add_argument("--online", action="store_true", help="with --check: ask the instance too")
    options.add_json(parser)
    options.add_settings(parser, "instance", "home", "ca_file", "color")


def call(args: argparse.Namespace, context: Context) -> int:
    settings = context.settings(args)
    place = lockfile.place_of(args.files, context)
    wanted = lockfile.wanted(args.files, place, context)
    old = lockfile.read_lock(place, context)
    work = _Work(context, settings, place, old, wanted, args.files)
    if args.check:
        return work.check(args.against, online=args.online, as_json=args.json)
    if args.against is not None:
        raise UsageError("--against is for --check", hint="run: slyflow lock --check --against OLD FILE…")
    return work.lock(as_json=args.json)


class _Work:
    """One lock and the pipelines that are to be locked in it."""

    def __init__(
        self,
        context: Context,
        settings: Settings,
        place: str,
        old: Lock | None,
        wanted: Sequence[Wanted],
        files: Sequence[str],
    ) -> None:
        self._context = context
        self._settings = settings
        self._place = place
        self._old = old
        self._wanted = wanted
        self._name = shown(place, context.folder)
        self._files = " ".join(shlex.quote(file) for file in files)
        self._exists: Callable[[str], bool] = lambda name: Path(place).parent.joinpath(name).is_file()

    def lock(self, *, as_json: bool) -> int:
        """Bring the lock up to date, and say what changed in it."""
        now = self._asked()
        is_new = lockfile.write(now, self._place)
        before = {} if self._old is None else self._old.apps
        console = self._context.console
        if as_json:
            rows = [lockfile.row(asked, app) for asked, app in now.apps.items()]
            console.json({"lock": self._name, "written": is_new, "instance": now.instance, "apps": rows})
            return 0
        console.lines(lockfile.differences(before, now.apps))
        told = plural(len(now.apps), "app")
        console.line(f"wrote {self._name}: {told}" if is_new else f"{self._name} is up to date: {told}")
        return 0

    def check(self, against: str | None, *, online: bool, as_json: bool) -> int:
        """Say in what the lock is out of date, and what of it is doubtful; nothing is written."""
        console = self._context.console
        found = self._doubts(against)
        lines: list[Line] = [(line,) for line in self._stale()]
        if online and not lines:
            assert self._old is not None, "a lock that is not there is out of date"
            lines = lockfile.differences(self._old.apps, self._asked().apps)
        if as_json:
            told: list[Json] = [draw(line, color=False).strip() for line in lines]
            document: dict[str, Json] = {"lock": self._name, "up_to_date": not lines, "differences": told}
            if against is not None:
                document["doubtful"] = [one.message for one in found]
            console.json(document)
            return OUT_OF_DATE if lines or found else 0
        console.lines(lines)
        console.problems(found, Loaded(None, (), "" if self._old is None else lock_text(self._old)))
        if not lines:
            console.line(Part(f"{self._name} is up to date", "good"))
            return OUT_OF_DATE if found else 0
        console.line(Part(f"{self._name} is out of date", "bad"), f": run slyflow lock {self._files}")
        return OUT_OF_DATE

    def _doubts(self, against: str | None) -> list[Problem]:
        if against is None or self._old is None:
            return []
        before = lockfile.read_lock(str(Path(self._context.folder, against)), self._context)
        if before is None:
            raise UsageError(f"there is no {against}", hint="name a lock of before the change")
        return list(doubts(before, self._old))

    def _stale(self) -> list[str]:
        if self._old is None:
            return [f"there is no {self._name}"] if any(one.references for one in self._wanted) else []
        if not lockfile.is_written(self._old, self._place):
            return [f"{self._name} is not as slyflow writes it", *self._differing()]
        return self._differing()

    def _differing(self) -> list[str]:
        return list(stale(self._old, self._wanted, self._exists)) if self._old is not None else []

    def _asked(self) -> Lock:
        """Return the lock as the instance would have it now."""
        open_home(self._settings.home)
        with connect(self._settings, self._context) as connection:
            instance = connection.instance
            if self._old is not None and self._old.apps:
                same_instance(self._old, instance)
            find: LookUp = partial(_found, instance)
            apps = relocked(self._old, self._wanted, self._exists, find)
            return Lock(self._name, address_of(instance), apps, instance.version)


def _found(instance: Instance, ref: AppRef, release: str | None) -> LockedApp:
    try:
        return look_up(instance, ref, release)
    except NotFound as error:
        place = f"{ref.span.file}:{ref.span.line}:{ref.span.column}"
        hint = error.hint if release is None else f"take another release: slyflow upgrade {ref}"
        raise NotFound(f"{place}: {error.message}", status=404, hint=hint) from error
