"""The embedded instance as a running server: what it is made of, how it starts, and how it ends."""

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import BinaryIO

from uvicorn.config import Config

from slyflow.errors import UsageError
from slyflow.instance.app import create_app
from slyflow.instance.blobs import Blobs
from slyflow.instance.connection import Connection
from slyflow.instance.home import Address, Home, lock_home, open_home, open_lock, write_address
from slyflow.instance.keyring import Keyring
from slyflow.instance.listener import Listener
from slyflow.instance.registry import Registry, all_routes
from slyflow.instance.runner import Runner
from slyflow.instance.services import Services
from slyflow.instance.sessionlog import stamp
from slyflow.instance.shield import LARGEST_HEAD
from slyflow.instance.store import Store, seed
from slyflow.instance.tenancy import Tenancy
from slyflow.secret import Secret

# An app's last answers may take this long when the server ends.
LAST_ANSWERS = 2
_log = logging.getLogger("slyflow.instance")


def serve(
    home: Path,
    *,
    port: int = 0,
    slots: int,
    ready: Callable[[Address], None],
    inherited: Mapping[str, str],
    until_unused: bool = False,
) -> None:
    """Run an instance in `home` until SIGINT or SIGTERM (or, with `until_unused`, until nobody uses it).

    `port` 0 takes a free one; `ready` is called once it answers; `inherited` is this process's
    environment, of which sessions get a little. Locked: another server has the home. UsageError: the
    port is in use. StoreError: the home cannot be used.
    """
    place = open_home(home)
    # The users' lock is let go last: who waits for it finds no trace of this server.
    with open_lock(place.users) as users, lock_home(place), _listen(port) as listener, _logging_to(place):
        place.address.unlink(missing_ok=True)
        try:
            asyncio.run(_serve(place, listener, users, slots, ready, inherited, until_unused=until_unused))
        finally:
            place.address.unlink(missing_ok=True)


def _listen(port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only for sockets that say their protocol.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"cannot listen on port {port} of 127.0.0.1: {getattr(error, 'strerror', None) or error}",
            hint="choose another with --port, or leave it out to get a free one",
        ) from error
    return listener


@contextlib.contextmanager
def _logging_to(home: Home) -> Generator[None, None, None]:
    """Send the server's own log to a file in its home, for as long as it runs."""
    handler = RotatingFileHandler(home.journal, maxBytes=4 << 20, backupCount=1, encoding="utf-8")
    home.journal.chmod(0o600)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _log.addHandler(handler)
    _log.propagate = False
    try:
        yield
    finally:
        _log.removeHandler(handler)
        handler.close()


async def _serve(
    home: Home,
    listener: socket.socket,
    users: BinaryIO,
    slots: int,
    ready: Callable[[Address], None],
    inherited: Mapping[str, str],
    *,
    until_unused: bool,
) -> None:
    port: int = listener.getsockname()[1]
    address = Address(f"http://127.0.0.1:{port}", Secret(secrets.token_hex(32)), os.getpid())
    store = Store(home.records)
    try:
        seed(store, _now())
        blobs = Blobs(home.blobs)
        blobs.sweep()
        user = store.one("SELECT id FROM user ORDER BY id LIMIT 1")
        assert user is not None, "it was seeded"
        keyring = Keyring(address.token.reveal(), user["id"])
        runner = Runner(
            store, blobs, home, keyring, url=address.url, slots=slots, now=_now, inherited=inherited
        )
        ending = asyncio.Event()
        tenancy = Tenancy(users, runner, ending, until_unused=until_unused)
        services = Services(store, blobs, home, runner, tenancy, address.url, _now)
        app = create_app(
            services, Registry().find, all_routes(services), port=port, recognise=keyring.recognise
        )
        door = Listener(_config(app), listener)
        _end_on_signals(ending)
        await door.open()
        watching = asyncio.create_task(tenancy.watch())
        runner.start()
        write_address(home, address)
        ready(address)
        await ending.wait()
        # Sessions first, so that what they still have to say is heard.
        await runner.close()
        watching.cancel()
        await door.close(LAST_ANSWERS)
    finally:
        store.close()


def _config(app: object) -> Config:
    return Config(
        app,  # type: ignore[arg-type]  # starlette's and uvicorn's names of the same callable
        http=Connection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        timeout_keep_alive=30,
    )


def _end_on_signals(ending: asyncio.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, ending.set)


def _now() -> str:
    return stamp(time.time())
