"""The folder an instance lives in: its places, its privacy, its two locks and its address file."""

import fcntl
import json
import os
import stat
from pathlib import Path
from typing import BinaryIO

from slyflow.errors import Locked, StoreError
from slyflow.record import field, record
from slyflow.secret import Secret

# What a server says on its output once it answers.
READY = "ready\n"


@record(frozen=True)
class Address:
    """Where a running instance answers, its token, and its process id."""

    url: str
    token: Secret = field(repr=False)
    pid: int


@record(frozen=True)
class Home:
    """The places inside a home folder."""

    folder: Path

    @property
    def records(self) -> Path:
        return self.folder / "instance.db"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def code(self) -> Path:
        """Releases of apps, unpacked, by the sha256 of their archive."""
        return self.folder / "code"

    @property
    def sessions(self) -> Path:
        return self.folder / "sessions"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def caches(self) -> Path:
        """What apps may keep between sessions."""
        return self.folder / "caches"

    @property
    def environments(self) -> Path:
        return self.folder / "environments"

    @property
    def address(self) -> Path:
        return self.folder / "instance.json"

    @property
    def journal(self) -> Path:
        """The server's own log."""
        return self.folder / "instance.log"

    @property
    def lock(self) -> Path:
        """Held exclusively by the one server of this home."""
        return self.folder / "lock"

    @property
    def users(self) -> Path:
        """Held in common by every process that uses the server."""
        return self.folder / "users"


def open_home(folder: Path) -> Home:
    """Create the home (0700) or check that it is private; StoreError says how to repair it."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if not stat.S_ISDIR(found.st_mode):
            raise StoreError(f"the home {folder} is not a folder")
        if found.st_uid != os.getuid():
            raise StoreError(f"the home {folder} belongs to another user", hint="choose another with --home")
        if found.st_mode & 0o022:
            raise StoreError(
                f"others may write to the home {folder} (mode {stat.S_IMODE(found.st_mode):04o})",
                hint=f"chmod 700 {folder}",
            )
        home = Home(folder.resolve())
        for place in (home.blobs, home.code, home.sessions, home.logs, home.caches, home.environments):
            place.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the home {folder} cannot be used: {error}") from error
    return home


def lock_home(home: Home) -> BinaryIO:
    """Take the home for this server; Locked when another server has it. The kernel frees it on death."""
    file = open_lock(home.lock)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        file.close()
        raise Locked(
            f"another slyflow instance runs in {home.folder}",
            hint="stop it, or choose another home with --home",
        ) from error
    return file


def open_lock(path: Path) -> BinaryIO:
    """Open a lock file, private to this user."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.fdopen(os.open(path, flags, 0o600), "r+b")
    except OSError as error:
        raise StoreError(f"cannot open the lock file {path}: {error}") from error


def write_address(home: Home, address: Address) -> None:
    """Write the address file (0600) in one step."""
    content = {"url": address.url, "token": address.token.reveal(), "pid": address.pid}
    write_private(home.address, json.dumps(content).encode())


def read_address(home: Home) -> Address | None:
    """Return what the address file says, None when there is none or it makes no sense."""
    try:
        content = json.loads(home.address.read_bytes())
        return Address(str(content["url"]), Secret(str(content["token"])), int(content["pid"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_private(path: Path, content: bytes) -> None:
    """Write a 0600 file beside its place and rename it into it."""
    aside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"cannot write {path}: {error}") from error
