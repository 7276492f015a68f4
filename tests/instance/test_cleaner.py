"""The folders of ended sessions go: those with data soon, the others once the server is idle."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from slyflow.instance import cleaner
from slyflow.instance.cleaner import Cleaner
from slyflow.instance.folders import Folders


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaner, "EVERY", 0.01)


def make(tmp_path: Path, name: str, *, holding: str | None = None) -> Folders:
    (tmp_path / "caches").mkdir(exist_ok=True)
    folders = Folders(tmp_path / name, tmp_path / "caches")
    folders.make()
    folders.code.mkdir()
    if holding is not None:
        (folders.data / holding).write_text("x")
    return folders


async def until_gone(*gone: Folders) -> None:
    async with asyncio.timeout(10):
        while any(folders.session.exists() for folders in gone):
            await asyncio.sleep(0.01)


def run(is_idle: Callable[[], bool], check: Callable[[Cleaner], object]) -> None:
    async def main() -> None:
        tested = Cleaner(is_idle)
        work = check(tested)
        if asyncio.iscoroutine(work):
            await work
        await tested.close()

    asyncio.run(main())


def test_data_goes_while_sessions_run_and_the_rest_once_none_does(tmp_path: Path) -> None:
    full, empty = make(tmp_path, "1", holding="result"), make(tmp_path, "2")
    running = [True]

    async def check(tested: Cleaner) -> None:
        tested.add(full)
        tested.add(empty)
        await until_gone(full)
        assert empty.session.exists()
        running.clear()
        await until_gone(empty)

    run(lambda: not running, check)


def test_too_many_empty_ones_do_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cleaner, "MOST_PATIENT", 2)
    made = [make(tmp_path, str(number)) for number in range(3)]

    async def check(tested: Cleaner) -> None:
        for folders in made:
            tested.add(folders)
        await until_gone(*made)

    run(lambda: False, check)


def test_at_the_end_what_holds_data_goes_and_the_rest_stays(tmp_path: Path) -> None:
    full, empty = make(tmp_path, "1", holding="result"), make(tmp_path, "2")

    def check(tested: Cleaner) -> None:
        tested.add(full)
        tested.add(empty)

    run(lambda: True, check)
    assert not full.session.exists()
    assert empty.session.exists()


def test_what_an_earlier_server_left_goes_when_all_is_quiet(tmp_path: Path) -> None:
    left = make(tmp_path, "1", holding="result")

    async def check(tested: Cleaner) -> None:
        tested.add_old(left)
        await until_gone(left)

    run(lambda: True, check)


def test_unused_ones_are_given_by_their_archive_once(tmp_path: Path) -> None:
    unused = make(tmp_path, "1")

    def check(tested: Cleaner) -> None:
        tested.add_unused(unused, "a")
        assert tested.take("b") is None
        assert tested.take("a") is unused
        assert tested.take("a") is None

    run(lambda: True, check)
    assert unused.session.exists()


def test_unused_ones_that_nobody_takes_go_when_all_is_quiet(tmp_path: Path) -> None:
    unused = make(tmp_path, "1")

    async def check(tested: Cleaner) -> None:
        tested.add_unused(unused, "a")
        await until_gone(unused)
        assert tested.take("a") is None

    run(lambda: True, check)
