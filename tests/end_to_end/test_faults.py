"""One fault of the network or the server in one call of a run: lived through, or told, and nothing twice."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import ClassVar, get_args

import pytest

from slyflow.engine.journal import read
from slyflow.model.event import RunClosed
from tests.end_to_end.proxy import Do, Proxy, Rule, proxied
from tests.end_to_end.world import Outcome, Served, World

ONE = """
    defaults: {workflow: required}
    steps:
      one:
        app: {path: ./apps/obey}
        arguments: {file: "/${{ run.id }}.txt"}
        outputs: {made: file}
    """
LAUNCH, POLL, INFO, EDGE = "tasks.run.app", "embedded.watch", "tasks.info", "workflow.node.add-output"
LONG: tuple[Do, ...] = ("drip", "bomb", "endless")
FAULTS: tuple[Do, ...] = tuple(
    do for do in get_args(Do) if do not in ("hold", "hold_reply", "double", "lag", *LONG)
)
# Everything else must end well, at once.
CODES: dict[tuple[str, Do], int] = {
    (LAUNCH, "refuse"): 1,
    (INFO, "refuse"): 1,  # its outputs cannot be read
    (EDGE, "refuse"): 8,
    **{(method, "unauthorized"): 4 for method in (LAUNCH, POLL, INFO, EDGE)},
}


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """Where a redirect leads: nothing may ever arrive here."""

    arrived: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        self.arrived.append(self.path)
        self.send_error(500)


@dataclass(frozen=True)
class Bench:
    """An instance behind a proxy, for many runs one after the other."""

    world: World
    served: Served
    proxy: Proxy

    def slyflow(self, *argv: str, home: Path) -> Outcome:
        environ = {
            "SERVER_ADDRESS": self.proxy.url,
            "API_TOKEN": self.served.token,
            "SLYFLOW_LAUNCH_WINDOW": "2",
            "SLYFLOW_REQUEST_TIMEOUT": "1.5",
        }
        return World(self.world.folder, home).run(*argv, environ=environ)


@contextmanager
def _elsewhere() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    world = World(tmp_path_factory.mktemp("faults"))
    world.write_app("obey")
    world.write_pipeline(ONE)
    try:
        with (
            world.serving() as served,
            _elsewhere() as elsewhere,
            proxied(served.url, {}, elsewhere) as proxy,
        ):
            yield Bench(world, served, proxy)
    finally:
        world.clear()


@pytest.mark.parametrize("method", [LAUNCH, POLL, INFO, EDGE])
@pytest.mark.parametrize("do", FAULTS)
def test_a_fault_is_lived_through_or_told(bench: Bench, method: str, do: Do, tmp_path: Path) -> None:
    rule = Rule(do, times=1)
    bench.proxy.meet_anew({method: rule})
    file = str(bench.world.folder / "pipeline.yaml")
    ended = bench.slyflow("run", file, "--quiet", home=tmp_path / "home")
    assert rule.reached.is_set()
    expected = CODES.get((method, do), 0)
    assert ended.code == expected, ended.err
    (folder,) = (tmp_path / "home" / "runs").iterdir()
    if expected == 4:
        # The token is good again: nothing was lost, and nothing is done twice.
        assert "slyflow resume" in ended.err
        resumed = bench.slyflow("resume", "last", "--quiet", home=tmp_path / "home")
        assert resumed.code == 0, resumed.err
    _check(bench.world, folder, expected, is_launched=(method, do) != (LAUNCH, "refuse"))
    assert Elsewhere.arrived == []
    assert bench.served.token not in ended.err


@pytest.mark.parametrize("method", [LAUNCH, POLL])
@pytest.mark.parametrize("do", LONG)
def test_an_answer_without_end_is_cut_and_lived_through(
    bench: Bench, method: str, do: Do, tmp_path: Path
) -> None:
    test_a_fault_is_lived_through_or_told(bench, method, do, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_random_faults_are_lived_through_or_told(bench: Bench, seed: int, tmp_path: Path) -> None:
    """Several calls fail, in several ways and perhaps again and again; a resume ends what is left."""
    random = Random(seed)
    mild = [do for do in (*FAULTS, *LONG) if do not in ("refuse", "unauthorized", "huge")]
    rules = {
        method: Rule(random.choice(mild), times=random.randint(1, 3))
        for method in random.sample([LAUNCH, POLL, INFO, EDGE, "tasks.list"], random.randint(1, 4))
    }
    bench.proxy.meet_anew(rules)
    file = str(bench.world.folder / "pipeline.yaml")
    told = f"seed {seed}: { {method: (rule.do, rule.times) for method, rule in rules.items()} }"
    ended = bench.slyflow("run", file, "--quiet", home=tmp_path / "home")
    for _ in range(5):
        if ended.code != 5:
            break
        ended = bench.slyflow("resume", "last", "--quiet", home=tmp_path / "home")
    assert ended.code == 0, f"{told}\n{ended.err}"
    (folder,) = (tmp_path / "home" / "runs").iterdir()
    _check(bench.world, folder, 0, is_launched=True)


def _check(world: World, folder: Path, code: int, *, is_launched: bool) -> None:
    """Hold the instance's own tables to the exit code."""
    sessions = [row for row in world.sessions() if f"run={folder.name} " in row["description"]]
    ids = ", ".join(str(row["id"]) for row in sessions) or "0"
    edges = world.records(f"SELECT * FROM edge WHERE task_id IN ({ids})")
    closed = [event.exit_code for entry in read(folder) if isinstance(event := entry.event, RunClosed)]
    assert closed == [0 if code == 4 else code]
    assert [row["status"] for row in sessions] == (["finished"] if is_launched else [])
    assert len(edges) == (0 if code in (1, 8) else 1)
