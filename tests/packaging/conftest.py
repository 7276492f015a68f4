"""The distributions, built once, and the wheel installed once, however many workers test them."""

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.installed import Installed, build, install


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """Return a folder that all workers of this session have in common."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "packaging"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def distributions(shared: Path) -> Path:
    """Return the folder with the sdist and the wheel."""
    folder = shared / "dist"
    _once(folder, lambda: build(folder))
    return folder


@pytest.fixture(scope="session")
def installed(distributions: Path, shared: Path) -> Installed:
    """Return an environment with the wheel in it."""
    (wheel,) = distributions.glob("*.whl")
    folder = shared / "venv"
    _once(folder, lambda: install(wheel, folder))
    return Installed(folder)


def _once(made: Path, make: Callable[[], None]) -> None:
    """Make it in the worker that comes first; the others wait until it is whole."""
    done = made.with_suffix(".done")
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()
