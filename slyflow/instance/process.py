"""The embedded instance seen by a process that uses it: joined when it runs, started when it does not."""

import contextlib
import fcntl
import json
import os
import select
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from urllib.parse import urlsplit

from slyflow.errors import Locked, StoreError, Unavailable
from slyflow.instance.home import READY, Address, Home, open_home, open_lock, read_address
from slyflow.secret import Secret

START_SECONDS = 30.0
# A server that ends gives its sessions a grace; we wait a little longer than that.
END_SECONDS = 20.0


class Running:
    """A running instance that this process uses; it lives at least until `close`."""

    def __init__(self, home: Home, address: Address, users: BinaryIO, child: int | None) -> None:
        self._home = home
        self._address = address
        self._users = users
        self._child = child
        self._lingering = False

    @property
    def url(self) -> str:
        """The instance's address, without a trailing slash."""
        return self._address.url

    @property
    def token(self) -> Secret:
        """The user's token."""
        return self._address.token

    @property
    def is_gone(self) -> bool:
        """Whether its process has ended; another one may have taken its place since."""
        return not _is_served(self._home) or read_address(self._home) != self._address

    def linger(self) -> None:
        """Leave the sessions running when this process goes; the instance ends with the last of them."""
        _call(self._address, "embedded.linger", timeout=10.0)
        self._lingering = True

    def close(self) -> None:
        """Stop using the instance. One that we started and nobody else uses has ended when this returns."""
        if self._users.closed:
            return
        self._users.close()
        try:
            ends = _call(self._address, "embedded.look", timeout=2.0).get("ends") is not False
        except Unavailable:
            ends = not self._lingering
        if self._child is None:
            return
        if not (ends and _wait(self._child, END_SECONDS)):
            # Others use it, or its sessions go on: it is collected whenever it ends.
            threading.Thread(target=_collect, args=(self._child,), name="slyflow child", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def ensure(home: Path, *, slots: int | None, meanwhile: Callable[[], None] = lambda: None) -> Running:
    """Return the instance of `home`, started as a process of its own when none runs.

    `slots` None = the number of cores; a running instance keeps its own. `meanwhile` is called once
    while it starts. StoreError: the home cannot be used. Unavailable: it did not start; the message has
    what it said.
    """
    place = open_home(home)
    deadline = time.monotonic() + START_SECONDS
    users = _enter(place, deadline)
    try:
        address, child = _join_or_start(place, slots or os.cpu_count() or 1, deadline, meanwhile)
    except BaseException:
        users.close()
        raise
    return Running(place, address, users, child)


def _enter(home: Home, deadline: float) -> BinaryIO:
    """Become a user of the home; a server that is about to end is waited for."""
    users = open_lock(home.users)
    while True:
        try:
            fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > deadline:
                users.close()
                raise Locked(f"an instance in {home.folder} is ending, but does not end") from error
            time.sleep(0.02)
        else:
            return users


def _join_or_start(
    home: Home, slots: int, deadline: float, meanwhile: Callable[[], None]
) -> tuple[Address, int | None]:
    while True:
        if not _is_served(home):
            child = _start(home, slots, deadline, meanwhile)
            if child is not None:
                address = read_address(home)
                if address is None:
                    raise StoreError(f"the instance in {home.folder} started but left no {home.address.name}")
                return address, child
        address = read_address(home)
        if address is not None and _answers(address):
            return address, None
        if time.monotonic() > deadline:
            raise Unavailable(f"an instance has the home {home.folder} but does not answer")
        time.sleep(0.02)


def _is_served(home: Home) -> bool:
    with open_lock(home.lock) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _start(home: Home, slots: int, deadline: float, meanwhile: Callable[[], None]) -> int | None:
    """Start a server and return its pid once it answers, None when another one was faster."""
    said, says = os.pipe()
    complained, complains = os.pipe()
    argv = [sys.executable, "-P", "-m", "slyflow.instance", "--home", str(home.folder), "--slots", str(slots)]
    environment = {**os.environ, "PYTHONPATH": _import_path()}
    try:
        # Not subprocess: the server outlives us when sessions linger, and nobody should warn about that.
        child = os.posix_spawn(
            sys.executable,
            [*argv, "--until-unused"],
            environment,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, says, 1),
                (os.POSIX_SPAWN_DUP2, complains, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(says)
        os.close(complains)
    with os.fdopen(said, "rb") as stdout, os.fdopen(complained, "rb") as stderr:
        meanwhile()
        ready, _, _ = select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))
        if ready and stdout.readline().decode() == READY:
            return child
        if not ready:
            os.kill(child, 9)
        message = stderr.read().decode("utf-8", "replace").strip()
    _, status = os.waitpid(child, 0)
    if ready and os.waitstatus_to_exitcode(status) == Locked.exit_code:
        return None
    reason = message.splitlines()[-1] if message else "it said nothing"
    raise Unavailable(f"the embedded instance did not start: {reason}", hint=f"its log is {home.journal}")


def _import_path() -> str:
    """Return a PYTHONPATH with which the child finds this very slyflow."""
    ours = str(Path(__file__).parents[2])
    return os.pathsep.join(filter(None, [ours, os.environ.get("PYTHONPATH")]))


def _answers(address: Address) -> bool:
    try:
        _call(address, "instance.version", timeout=5.0)
    except Unavailable:
        return False
    return True


def _call(address: Address, method: str, *, timeout: float) -> Mapping[str, object]:
    import http.client  # it costs 25 ms, and a server that we start needs no call first

    connection = http.client.HTTPConnection(urlsplit(address.url).netloc, timeout=timeout)
    headers = {"x-api-key": address.token.reveal(), "content-type": "application/json"}
    try:
        connection.request("POST", f"/public/api/v3/{method}", json.dumps({}), headers)
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException) as error:
        raise Unavailable(f"the embedded instance does not answer: {error}") from error
    finally:
        connection.close()
    if response.status != HTTPStatus.OK:
        raise Unavailable(f"the embedded instance answered {response.status} to {method}")
    try:
        answer = json.loads(content)
    except ValueError as error:
        raise Unavailable(f"the embedded instance did not answer {method} in JSON") from error
    return answer if isinstance(answer, dict) else {}


def _collect(child: int) -> None:
    """Wait for the end of our child, for as long as it takes."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(child, 0)


def _wait(child: int, patience: float) -> bool:
    """Collect our child when it ends within `patience` seconds, and say whether it did."""
    try:
        descriptor = os.pidfd_open(child)
    except ProcessLookupError:  # somebody else has collected it
        return True
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        ended = bool(poll.poll(patience * 1000))
        if ended:
            _collect(child)
    finally:
        os.close(descriptor)
    return ended
