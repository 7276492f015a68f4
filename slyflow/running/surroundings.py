"""Checks of this machine: Python, the settings, the home, its file system and the credentials."""

import os
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from slyflow.client.address import proxy_for
from slyflow.client.credentials import Credentials, find_credentials
from slyflow.errors import StoreError, UsageError
from slyflow.running.finding import Finding, ok, skipped, warning, wrong
from slyflow.running.home import check_home
from slyflow.settings import SETTINGS, Settings, unknown_variables

OLDEST_PYTHON = (3, 11)
# A run's journal, and its emergency file, need little; an embedded instance needs more.
LEAST_ROOM = 256 * 1024 * 1024
MOUNTS = Path("/proc/self/mountinfo")
# SQLite's WAL needs memory that all processes share, and locks that hold; over a network neither is sure.
_NETWORKED = (
    "nfs", "cifs", "smb", "9p", "afs", "ceph", "gluster", "lustre", "gpfs", "beegfs", "ocfs2", "gfs2",
    "ncpfs", "coda", "davfs", "fuse.sshfs", "fuse.gluster", "fuse.ceph", "fuse.s3fs", "fuse.rclone",
    "fuse.gcsfuse", "fuse.davfs", "fuse.juicefs",
)  # fmt: skip


def check_machine(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Check everything that no network is needed for, one after another."""
    yield _python()
    yield _settings(settings, environ)
    yield _home(settings.home)
    yield file_system(settings.home, _mounts)
    yield _room(settings.home)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    found = f"{version} at {sys.executable}"
    if sys.version_info < OLDEST_PYTHON:
        return wrong("python", found, "use Python 3.11 or newer", UsageError.exit_code)
    return ok("python", found)


def _settings(settings: Settings, environ: Mapping[str, str]) -> Finding:
    changed = [
        f"{name}={settings.texts[name]} ({settings.origins[name].place})"
        for name in sorted(SETTINGS)
        if settings.origins[name].source != "default"
    ]
    found = ", ".join(changed) or "all at their defaults"
    unknown = unknown_variables(environ)
    if unknown:
        return warning("settings", f"{found}; {'; '.join(unknown)}", "correct or unset the variable")
    return ok("settings", found)


def _home(home: Path) -> Finding:
    if not os.access(home, os.F_OK):
        parent = _nearest(home)
        if not os.access(parent, os.W_OK | os.X_OK):
            todo = "choose another with --home"
            return wrong("home", f"{home} cannot be made in {parent}", todo, StoreError.exit_code)
        return ok("home", f"{home} is made by the first run, for you alone")
    try:
        found = check_home(home)
    except StoreError as error:
        return wrong("home", error.message, error.hint, error.exit_code)
    if not os.access(home, os.W_OK | os.X_OK):
        return wrong("home", f"{home} may not be written to", f"run: chmod 700 {home}", StoreError.exit_code)
    mode = stat.S_IMODE(found.st_mode)
    if mode & 0o077:
        return warning("home", f"{home} is yours, mode {mode:04o}", f"run: chmod 700 {home}")
    return ok("home", f"{home} is yours, mode {mode:04o}")


def file_system(home: Path, mounts: Callable[[], str | None]) -> Finding:
    """Say what file system the home is, or will be, on; `mounts` gives Linux's mountinfo, None elsewhere."""
    table = mounts()
    place = _nearest(home).resolve()
    kind = None if table is None else _kind(place, table)
    if kind is None:
        return skipped("file system", "this system does not tell what it is")
    found = f"{place} is on {kind}"
    if kind.startswith(_NETWORKED):
        todo = "journals need a local disk: choose a home there with --home"
        return wrong("file system", f"{found}, a network file system", todo, StoreError.exit_code)
    return ok("file system", found)


def _kind(place: Path, table: str) -> str | None:
    """Return the type of the innermost mount that holds the place; later lines cover earlier ones."""
    best, kind = -1, None
    for line in table.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        mounted = Path(fields[4].encode().decode("unicode_escape"))
        if place.is_relative_to(mounted) and len(mounted.parts) >= best:
            best, kind = len(mounted.parts), after.split(" ")[0]
    return kind


def _mounts() -> str | None:
    try:
        return MOUNTS.read_text(errors="replace")
    except OSError:
        return None


def _room(home: Path) -> Finding:
    found = os.statvfs(_nearest(home))
    free = found.f_bavail * found.f_frsize
    told = f"{free // (1024 * 1024)} MiB free"
    if free < LEAST_ROOM:
        return warning("disk", told, "free some, or choose another with --home: a run on a full disk stops")
    return ok("disk", told)


def _nearest(path: Path) -> Path:
    """Return the path or the nearest folder above it that exists."""
    return next(place for place in (path, *path.parents) if os.access(place, os.F_OK))


def check_credentials(settings: Settings, environ: Mapping[str, str]) -> tuple[Finding, Credentials | None]:
    """Say which instance is meant and where its credentials are from; the token is never shown."""
    if settings.instance == "embedded":
        return ok("credentials", "none are needed for the embedded instance"), None
    home = Path(environ["HOME"]) if environ.get("HOME") else None
    try:
        credentials = find_credentials(environ, home)
    except UsageError as error:
        return wrong("credentials", error.message, error.hint, error.exit_code), None
    if credentials is not None:
        return ok("credentials", f"{credentials.url} and a token, from {credentials.source}"), credentials
    if settings.instance == "remote":
        todo = "set SERVER_ADDRESS and API_TOKEN, or write both to ~/supervisely.env"
        return wrong("credentials", "there are none", todo, UsageError.exit_code), None
    return ok("credentials", "there are none: runs use the embedded instance"), None


def check_proxy(credentials: Credentials | None, environ: Mapping[str, str]) -> Finding:
    """Say which proxy calls go through; a password in its address is not shown."""
    if credentials is None:
        return ok("proxy", "none on this machine's own instance")
    proxy = proxy_for(credentials.url, environ)
    if proxy is None:
        return ok("proxy", f"none for {credentials.url}")
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        shown = f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")
    except ValueError:
        parts, shown = urlsplit(""), "an address that cannot be read"
    if not parts.hostname:
        todo = "write it as http://host:port"
        return wrong("proxy", f"https_proxy is {shown}", todo, UsageError.exit_code)
    return ok("proxy", f"{shown}, which may hold a request back: launch_window must allow for that")
