"""A lost journal rebuilt from the sessions that the instance still shows; nothing is launched."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from slyflow.engine.journal import is_driven
from slyflow.engine.journalfile import FILE
from slyflow.engine.recovery import Found, Search, facts
from slyflow.engine.runs import began_at
from slyflow.engine.setup import Setup
from slyflow.errors import Locked, NeedsHuman, StoreError, UsageError
from slyflow.model.event import Event, RunCreated, Warned
from slyflow.model.value import Json
from slyflow.running.begin import begun, first_event
from slyflow.running.connect import Connection, connect
from slyflow.running.drive import policy
from slyflow.running.home import open_home
from slyflow.running.locked import Ready
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings
from slyflow.text import format_duration

_REBUILT = "this journal was lost, and rebuilt from the sessions on the instance"


@dataclass(frozen=True, slots=True)
class Lost:
    """A run without a journal and what it was begun with; `ignored` are ids of sessions not to believe."""

    run_id: str
    ready: Ready
    values: Mapping[str, Json]
    ignored: Collection[int] = ()


def recover(
    lost: Lost,
    settings: Settings,
    world: World,
    *,
    agree: Callable[[RunCreated, Sequence[Found]], bool],
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Write the run's journal anew if `agree` says so, and say whether it was written.

    The instance is asked twice, a launch window apart: so late a launch may arrive that was on its way.
    UsageError when the run has a journal, its id is none, or the instance shows no session of it; Locked
    when a process drives it; NeedsHuman when a session cannot be believed.
    """
    began = began_at(lost.run_id)
    if began is None:
        raise UsageError(f'"{lost.run_id}" is no run\'s id', hint="it looks like 20261124-061500-k3f9")
    folder = settings.runs / lost.run_id
    _check_lost(folder)
    secrets = read_secrets(lost.ready.pipeline, world)
    open_home(settings.home)
    with connect(settings, world) as connection:
        created = first_event(lost.ready, lost.values, connection, settings, world, lost.run_id, began)
        patience = policy(
            settings, max_sessions=created.max_sessions, is_embedded=connection.instance.embedded
        )
        setup = Setup(
            lost.ready.pipeline,
            lost.ready.dag,
            created,
            patience,
            secrets=secrets,
            redact=world.audience.redact,
        )
        search = Search(setup, connection.instance)
        _believed(search, lost, connection)
        window = format_duration(patience.launch_window)
        world.audience.note(f"waiting {window}, the launch window, for launches that were on their way")
        sleep(patience.launch_window)
        found = _believed(search, lost, connection)
    if not agree(created, found):
        return False
    _set_aside(folder, settings.home)
    events: list[Event] = [created, Warned(_REBUILT), *facts(found)]
    begun(folder, lambda _: events, world.audience.redact).close()
    return True


def _check_lost(folder: Path) -> None:
    """UsageError when there is a journal, Locked when a process still writes one that was removed."""
    if (folder / FILE).exists():
        raise UsageError(
            f"the run {folder.name} has a journal, {folder / FILE}",
            hint=f"`slyflow resume {folder.name}` goes on with it; move away one that cannot be read",
        )
    if folder.exists() and is_driven(folder):
        raise Locked(f"another process drives the run {folder.name}", hint="wait for it, or stop it")


def _set_aside(folder: Path, home: Path) -> None:
    """Keep what is left of the lost journal in `lost`, where no new one is mixed with it."""
    if not folder.exists():
        return
    try:
        (home / "lost").mkdir(mode=0o700, exist_ok=True)
        folder.rename(mkdtemp(prefix=f"{folder.name}-", dir=home / "lost"))
    except OSError as error:
        raise StoreError(f"{folder} cannot be moved out of the way: {error.strerror}") from error


def _believed(search: Search, lost: Lost, connection: Connection) -> list[Found]:
    found = search.found(lost.ignored)
    if not found:
        raise UsageError(
            f"{connection.instance.url} shows no session of the run {lost.run_id}",
            hint="is it the right instance, file and workspace? Without sessions there is nothing to recover",
        )
    doubted = [f"session {one.session.id}: {doubt}" for one in found for doubt in one.doubts]
    if doubted:
        raise NeedsHuman(
            "\n".join([f"not every session that names the run {lost.run_id} can be believed", *doubted]),
            hint="recover with the file, params and token of the run; leave out a stranger's session with"
            " --ignore ID",
        )
    return found
