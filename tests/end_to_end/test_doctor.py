"""`slyflow doctor` finds what is wrong, and measures the lag of an instance's lists through a proxy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.proxy import LAG, Proxy, Rule, proxied
from tests.end_to_end.world import Outcome, Served, World


@dataclass(frozen=True)
class Bench:
    """An instance behind a proxy."""

    world: World
    served: Served
    proxy: Proxy

    def doctor(self, home: Path, *flags: str, token: str | None = None) -> Outcome:
        environ = {"SERVER_ADDRESS": self.proxy.url, "API_TOKEN": token or self.served.token}
        return World(self.world.folder, home).run("doctor", "--json", *flags, environ=environ)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    world = World(tmp_path_factory.mktemp("doctor"))
    try:
        with world.serving() as served, proxied(served.url, {}) as proxy:
            yield Bench(world, served, proxy)
    finally:
        world.clear()


def verdicts(ended: Outcome) -> dict[str, str]:
    return {row["check"]: row["verdict"] for row in ended.document["checks"]}


def found(ended: Outcome, check: str) -> str:
    (row,) = (row for row in ended.document["checks"] if row["check"] == check)
    return f"{row['found']} | {row['todo']}"


def test_a_sound_instance_is_found_sound_and_the_token_is_not_told(bench: Bench, tmp_path: Path) -> None:
    ended = bench.doctor(tmp_path / "home")
    assert ended.code == ended.document["exit_code"] == 0, ended.out
    assert set(verdicts(ended).values()) == {"ok"}
    assert list(verdicts(ended)) == [
        "python", "settings", "home", "file system", "disk", "credentials", "proxy",
        "instance", "version", "clock", "token", "workspace", "sessions",
    ]  # fmt: skip
    assert bench.served.token not in ended.out + ended.err
    assert ended.document["probe"] is None


@pytest.mark.parametrize(
    ("method", "do", "check", "code"),
    [
        ("instance.version", "redirect", "instance", 5),
        ("instance.version", "page", "version", 0),
        ("users.me", "unauthorized", "token", 4),
        ("teams.list", "refuse", "workspace", 1),
        ("tasks.list", "unauthorized", "sessions", 4),
    ],
)
def test_what_the_instance_refuses_is_named_with_its_exit_code(
    bench: Bench, tmp_path: Path, method: str, do: str, check: str, code: int
) -> None:
    bench.proxy.meet_anew({method: Rule(do)})  # type: ignore[arg-type]  # a name of the table above
    ended = bench.doctor(tmp_path / "home")
    bench.proxy.meet_anew({})
    assert ended.code == code, ended.out
    assert verdicts(ended)[check] == ("wrong" if code else "warning")


def test_the_lag_of_both_lists_is_measured_and_the_window_follows(bench: Bench, tmp_path: Path) -> None:
    before = len(bench.world.sessions())
    bench.proxy.meet_anew({"tasks.list": Rule("lag"), "apps.tasks.list": Rule("lag")})
    ended = bench.doctor(
        tmp_path / "home", "--probe", "--launches", "2", "--hold", "2s", "--launch-window", "1s"
    )
    bench.proxy.meet_anew({})
    probe = ended.document["probe"]
    waits = [wait for each in probe["lists"].values() for wait in each["seconds"]]
    assert len(waits) == 4
    assert LAG <= max(waits) == probe["lag"] < 5
    assert probe["least_window"] == pytest.approx(2 + probe["lag"])
    assert probe["window"] >= 2 + 2 * probe["lag"]
    assert ended.code == 2
    assert "a launch could be made twice" in found(ended, "launch_window")
    started = bench.world.sessions()[before:]
    assert [row["status"] for row in started] == ["stopped", "stopped"]


def test_a_probe_whose_launch_gets_no_reply_leaves_no_session(bench: Bench, tmp_path: Path) -> None:
    before = len(bench.world.sessions())
    bench.proxy.meet_anew({"tasks.run.app": Rule("drop_reply")})
    ended = bench.doctor(tmp_path / "home", "--probe")
    bench.proxy.meet_anew({})
    assert ended.code == 5
    assert verdicts(ended)["probe"] == "wrong"
    (started,) = bench.world.sessions()[before:]
    assert started["status"] == "stopped"


def test_a_window_that_is_long_enough_is_well(world: World) -> None:
    ended = world.run("doctor", "--probe", "--launches", "1")
    assert ended.code == 0, ended.out
    assert "launch_window   3 s; D = 0 s" in ended.out
    assert {row["status"] for row in world.sessions()} == {"stopped"}
    assert world.left_behind() == {}
