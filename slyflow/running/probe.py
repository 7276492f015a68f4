"""The list lag of an instance, measured: how long an accepted session takes to show in its lists."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slyflow.client.marker import in_workspace, of_running_apps
from slyflow.client.order import Order
from slyflow.client.row import Row
from slyflow.client.session import session_id_of
from slyflow.engine.marker import marker
from slyflow.errors import BadReply, NeedsHuman, NotSent, Rejected, SlyflowError, Unavailable
from slyflow.model.interface import App
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import WorkspaceRef

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

LISTS = ("tasks.list", "apps.tasks.list")
# How long proxies between us and a server hold a request at most, if nobody says otherwise (D).
USUAL_HOLD = 60.0
STOP_PATIENCE = 60.0
# A session must run long enough to be seen: the second list shows running apps only.
NOOP = "import time\n\ntime.sleep(600)\n"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between two looks at a list, and how long a session is waited for."""

    every: float
    patience: float


@dataclass(slots=True)
class Lag:
    """The lags of one list in seconds, one for each launch; `unseen` launches it did not show in time."""

    method: str
    seconds: list[float] = field(default_factory=list)
    unseen: int = 0

    @property
    def is_dead(self) -> bool:
        """Whether the list never showed any session: what it lags by, no look-up depends on."""
        return self.unseen > 0 and not self.seconds


@dataclass(frozen=True, slots=True)
class Measured:
    """What a probe measured. `hold` is D: how long proxies may hold a request, 0 where that is harmless."""

    lags: Sequence[Lag]
    patience: float
    hold: float

    @property
    def lag(self) -> float:
        """L: the longest that any session took to show in any list, at least `patience` if one did not."""
        counting = [lag for lag in self.lags if not lag.is_dead] or self.lags
        unseen = self.patience if any(lag.unseen for lag in counting) else 0.0
        return max((second for lag in counting for second in lag.seconds), default=0.0) + unseen

    @property
    def least_window(self) -> float:
        """The smallest `launch_window` in seconds that these figures allow: D + L."""
        return self.hold + self.lag

    @property
    def window(self) -> float:
        """The `launch_window` to set: D and twice the lag, which was measured a few times only."""
        return float(max(1, math.ceil(self.least_window + self.lag)))


class Probe:
    """Starts an app that does nothing, watches the lists, and stops what it started."""

    def __init__(
        self,
        instance: "Instance",
        app: App,
        pace: Pace,
        *,
        random: Callable[[int], bytes],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._instance = instance
        self._app = app
        self._pace = pace
        self._secret = random(32)
        self._clock = clock
        self._sleep = sleep
        self._workspace: Workspace = instance.catalog.workspace(WorkspaceRef())

    def measure(self, launches: int, *, hold: float, tell: Callable[[str], None]) -> Measured:
        """Launch so many times, one after the other, and return the lags; nothing is left running.

        NeedsHuman names a session that would not stop, or a launch of unknown outcome.
        """
        lags = [Lag(method) for method in LISTS]
        for number in range(1, launches + 1):
            with self._launched(number) as (session_id, accepted_at):
                told = self._watch([lag for lag in lags if not lag.is_dead], session_id, accepted_at)
            tell(f"launch {number} of {launches}: session {session_id}, {told}")
        return Measured(lags, self._pace.patience, hold)

    @contextmanager
    def _launched(self, number: int) -> Iterator[tuple[int, float]]:
        name = marker(self._secret, "probe", "noop", number)
        order = Order(
            workspace_id=self._workspace.id,
            module_id=self._app.module_id,
            version=self._app.version,
            name=f"{name} slyflow doctor",
            description=f"slyflow doctor --probe, does nothing (marker {name})",
            key=name,
        )
        above = self._instance.sessions.newest(self._workspace.id)
        try:
            session_id = self._instance.sessions.start_app(order).id
        except NotSent:
            raise
        except (Unavailable, BadReply) as error:
            self._stop_unknown(name, above, error)
            raise
        try:
            yield session_id, self._clock()
        finally:
            self._stop(session_id)

    def _stop_unknown(self, name: str, above: int, error: SlyflowError) -> None:
        """Stop the session of a launch whose reply was lost, once it shows."""
        deadline = self._clock() + self._pace.patience
        while self._clock() < deadline:
            for session in self._instance.sessions.marked(name, self._workspace, above):
                self._stop(session.id)
                return
            self._sleep(self._pace.every)
        raise NeedsHuman(
            f"whether the launch {name} was accepted is unknown: {error.message}",
            hint="look for a session of that title, and stop it",
        ) from error

    def _watch(self, lags: Sequence[Lag], session_id: int, accepted_at: float) -> str:
        """Look at the lists until each showed the session, or for as long as patience lasts; tell of it."""
        told: dict[str, str] = {}
        while len(told) < len(lags):
            for lag in [lag for lag in lags if lag.method not in told]:
                is_shown = any(
                    session_id_of(row, lag.method) == session_id for row in self._rows(lag, session_id)
                )
                waited = self._clock() - accepted_at
                if is_shown:
                    lag.seconds.append(waited)
                    told[lag.method] = f"after {waited:.2f} s in {lag.method}"
                elif waited > self._pace.patience:
                    lag.unseen += 1
                    told[lag.method] = f"not within {self._pace.patience:g} s in {lag.method}"
            if len(told) < len(lags):
                self._sleep(self._pace.every)
        return ", ".join(told.values())

    def _rows(self, lag: Lag, session_id: int) -> Iterator[Row]:
        read = in_workspace if lag.method == LISTS[0] else of_running_apps
        return read(self._instance.transport, self._workspace, session_id - 1)

    def _stop(self, session_id: int) -> None:
        deadline = self._clock() + STOP_PATIENCE
        while self._clock() < deadline:
            try:
                self._instance.sessions.stop(session_id)
            except Rejected:
                return  # it has ended
            if self._instance.sessions.info(session_id).status.is_terminal:
                return
            self._sleep(self._pace.every)
        raise NeedsHuman(f"session {session_id} was asked to stop but has not ended", hint="stop it yourself")
