"""What every handler may use: the records, the blobs, the home, the sessions' runner and the clock."""

from collections.abc import Callable
from dataclasses import dataclass

from slyflow.instance.blobs import Blobs
from slyflow.instance.home import Home
from slyflow.instance.runner import Runner
from slyflow.instance.store import Store
from slyflow.instance.tenancy import Tenancy


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running instance. `url` is its address; `now` gives ISO 8601 in UTC."""

    store: Store
    blobs: Blobs
    home: Home
    runner: Runner
    tenancy: Tenancy
    url: str
    now: Callable[[], str]
