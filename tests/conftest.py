"""Every test gets its own home and an environment without settings; the real home is out of bounds."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.emptied import REPOSITORY, empty
from tests.unmeasured import measuring

REAL_HOME = Path.home()
# What a mistaken slyflow would read or write: credentials and state.
_FORBIDDEN = tuple(
    str(path) for path in (REAL_HOME / "supervisely.env", REAL_HOME / ".slyflow", REPOSITORY / ".slyflow")
)
_EVENTS = frozenset({"open", "os.mkdir", "os.remove", "os.rename", "os.listdir", "sqlite3.connect"})

# Where the processes that a test starts are measured too, as they run what nothing else runs. Those of other
# tests would only run the same lines again, and a short one takes three times as long when it is measured.
_MEASURED = ("cli", "client", "instance", "end_to_end/test_doctor.py", "end_to_end/test_recovering.py")

# A loaded machine makes no test wrong: no example has a deadline. In CI every run draws the same examples.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    # A relative name may belong to any folder that is held open (`dir_fd` is not told), so only
    # absolute ones are judged; slyflow makes every path of its own absolute.
    if event in _EVENTS and isinstance(arguments[0], str | os.PathLike):
        path = os.fspath(arguments[0])
        if isinstance(path, str) and path.startswith(_FORBIDDEN):
            raise PermissionError(f"a test touched {path!r}, which belongs to the user")


sys.addaudithook(_guard)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="also run the tests that take minutes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes unless it is asked for."""
    if not config.getoption("--slow"):
        items[:] = [item for item in items if item.get_closest_marker("slow") is None]


@pytest.fixture(autouse=True)
def own_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Give the test, and every process it starts, an empty home and no slyflow or Supervisely settings."""
    home = tmp_path_factory.mktemp("home")
    empty(monkeypatch, home)
    folder = Path(__file__).parent
    if not any(request.path.is_relative_to(folder / place) for place in _MEASURED):
        for name in measuring():
            monkeypatch.delenv(name)
    return home
