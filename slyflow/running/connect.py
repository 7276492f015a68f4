"""Which instance is talked to: the remote one of the credentials, or the embedded one of the home."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from slyflow.client.address import proxy_for
from slyflow.client.credentials import Credentials, find_credentials
from slyflow.errors import Unavailable, UsageError
from slyflow.instance.process import Running, ensure
from slyflow.record import record
from slyflow.running.world import Audience, World
from slyflow.settings import Settings

if TYPE_CHECKING:
    from slyflow.client.instance import Instance


@record(frozen=True)
class Connection:
    """An open instance; `running` is the embedded instance's process where we started or joined it."""

    instance: "Instance"
    running: Running | None

    def leave_sessions(self) -> bool:
        """Let sessions go on running after this process has gone, and say whether they do.

        An embedded instance that is gone itself has taken them along.
        """
        try:
            if self.running is not None:
                self.running.linger()
        except Unavailable:
            return False
        return True


@contextmanager
def connect(
    settings: Settings,
    world: World,
    *,
    instance: "Instance | None" = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Iterator[Connection]:
    """Open the instance that settings and credentials ask for; `meanwhile` is called while it starts.

    A given `instance` is used as it is, and stays open. UsageError when a remote one is wanted and there
    are no credentials, or they are malformed.
    """
    if instance is not None:
        yield _given(instance, world)
        return
    credentials = None if settings.instance == "embedded" else _credentials(world)
    if credentials is not None:
        with _remote(credentials, settings, world) as connection:
            yield connection
        return
    if settings.instance == "remote":
        raise UsageError(
            "there are no credentials for a remote instance",
            hint="set SERVER_ADDRESS and API_TOKEN, or write both to ~/supervisely.env",
        )
    if settings.instance == "auto":
        world.audience.note(
            "no SERVER_ADDRESS and API_TOKEN are set: using the embedded instance in "
            f"{_short(settings.embedded, world.cwd)}"
        )
    with embedded(settings, world.audience, meanwhile=meanwhile) as connection:
        yield connection


@contextmanager
def connect_again(
    url: str, settings: Settings, world: World, *, is_embedded: bool, instance: "Instance | None" = None
) -> Iterator[Connection]:
    """Open the instance that a run began on; a given `instance` is used as it is, and stays open.

    UsageError when it, or what the credentials are for, is another one: a session id means nothing there.
    """
    if instance is not None:
        if instance.url != url:
            raise UsageError(f"the run is on {url}, but the instance given is {instance.url}")
        yield _given(instance, world)
        return
    credentials = None if settings.instance == "embedded" else _credentials(world)
    if credentials is not None and (credentials.url == url or not is_embedded):
        if credentials.url != url:
            raise UsageError(
                f"the run is on {url}, but the credentials of {credentials.source} are for {credentials.url}"
            )
        with _remote(credentials, settings, world) as connection:
            yield connection
    elif is_embedded:
        with embedded(settings, world.audience) as connection:
            yield connection
    else:
        raise UsageError(f"the run is on {url}", hint="set SERVER_ADDRESS and API_TOKEN for it")


def _given(instance: "Instance", world: World) -> Connection:
    world.audience.hide(instance.token.reveal())
    return Connection(instance, None)


@contextmanager
def embedded(
    settings: Settings, audience: Audience, *, meanwhile: Callable[[], None] = lambda: None
) -> Iterator[Connection]:
    """Open the embedded instance of the home; it is started unless it runs already."""
    running = ensure(settings.embedded, slots=settings.slots, meanwhile=meanwhile)
    try:
        from slyflow.client.instance import Instance

        audience.hide(running.token.reveal())
        instance = Instance(
            running.url,
            running.token,
            is_near=True,
            is_gone=lambda: running.is_gone,
            answer_within=settings.request_timeout,
        )
        try:
            yield Connection(instance, running)
        finally:
            instance.close()
    finally:
        running.close()


@contextmanager
def _remote(credentials: Credentials, settings: Settings, world: World) -> Iterator[Connection]:
    from slyflow.client.instance import Instance, ca_file

    world.audience.hide(credentials.token.reveal())
    instance = Instance(
        credentials.url,
        credentials.token,
        ca_file=str(settings.ca_file) if settings.ca_file else ca_file(world.environ),
        proxy=proxy_for(credentials.url, world.environ),
        answer_within=settings.request_timeout,
    )
    try:
        yield Connection(instance, None)
    finally:
        instance.close()


def _credentials(world: World) -> Credentials | None:
    return find_credentials(world.environ, _home_directory(world.environ))


def _home_directory(environ: Mapping[str, str]) -> Path | None:
    return Path(environ["HOME"]) if environ.get("HOME") else None


def _short(path: Path, cwd: Path) -> str:
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)
