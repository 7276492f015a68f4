"""A folder of its own for one end-to-end test: pipelines, apps, a home, and the real command line."""

import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import slyflow
from slyflow.engine.journal import read
from slyflow.errors import StoreError
from slyflow.model.event import Event, Recorded

REPOSITORY = Path(__file__).parents[2]
OBEY = Path(__file__).with_name("obey.py")
ECOSYSTEM = ("ecosystem",)
PATIENCE = 30.0

Environ = Mapping[str, str]


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """Standard output as one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    def step(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.document["steps"][name]
        return found

    @property
    def statuses(self) -> dict[str, str]:
        return {name: step["status"] for name, step in self.document["steps"].items()}


class Driver:
    """A `slyflow` that is running."""

    def __init__(self, process: "subprocess.Popen[str]", world: "World") -> None:
        self.process = process
        self._world = world

    def until(self, done: Callable[[Sequence[Event]], bool], what: str = "the journal says so") -> None:
        """Wait until the run's journal holds what is waited for; fail when the process ends before."""

        def look() -> bool:
            assert self.process.poll() is None, f"slyflow ended before {what}: {self.process.communicate()}"
            return done([entry.event for entry in self._world.journal()])

        eventually(look, what)

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.communicate()

    def end(self, timeout: float = PATIENCE) -> Outcome:
        out, err = self.process.communicate(timeout=timeout)
        return Outcome(self.process.returncode, out, err)


@dataclass(frozen=True)
class Served:
    """A `slyflow serve` in a process of its own."""

    process: "subprocess.Popen[str]"
    url: str
    token: str

    @property
    def environ(self) -> Environ:
        """What makes another slyflow use it as a remote instance."""
        return {"SERVER_ADDRESS": self.url, "API_TOKEN": self.token}


class World:
    """Everything below `folder`; what runs in it is known by that path."""

    def __init__(self, folder: Path, home: Path | None = None) -> None:
        self.folder = folder
        self.home = home or folder / "home"

    # What a test writes

    def write_app(self, name: str, *, targets: Sequence[str] = ECOSYSTEM) -> Path:
        """Make `apps/NAME`, an app that obeys its arguments (see obey.py)."""
        place = self.folder / "apps" / name
        place.mkdir(parents=True)
        config = {
            "name": name,
            "type": "app",
            "version": "2.0.0",
            "headless": True,
            "main_script": "main.py",
            "categories": ["development"],
            "context_menu": {"target": list(targets)},
        }
        (place / "config.json").write_text(json.dumps(config))
        shutil.copy(OBEY, place / "main.py")
        return place

    def write_pipeline(self, text: str, name: str = "pipeline.yaml") -> Path:
        """Write a pipeline of version 1."""
        path = self.folder / name
        path.write_text("slyflow: 1\n" + textwrap.dedent(text).lstrip("\n"))
        return path

    # What it runs

    def start(self, *arguments: str, environ: Environ | None = None) -> Driver:
        return Driver(self._popen(arguments, environ), self)

    def run(self, *arguments: str, environ: Environ | None = None, timeout: float = 90) -> Outcome:
        """Run one command to its end."""
        return self.start(*arguments, environ=environ).end(timeout)

    def run_pipeline(self, text: str, *flags: str, environ: Environ | None = None) -> Outcome:
        """Write the pipeline and run it with `--json`."""
        return self.run("run", str(self.write_pipeline(text)), "--json", *flags, environ=environ)

    def start_pipeline(self, text: str, *flags: str, environ: Environ | None = None) -> Driver:
        return self.start("run", str(self.write_pipeline(text)), "--json", *flags, environ=environ)

    def resume(self, *flags: str, environ: Environ | None = None) -> Outcome:
        return self.run("resume", "last", "--json", *flags, environ=environ)

    @contextmanager
    def serving(self, *flags: str) -> Iterator[Served]:
        """Serve this home until the block ends."""
        process = self._popen(("serve", *flags), None)
        assert process.stdout is not None
        url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert url is not None, process.communicate()
        address = json.loads((self.home / "instance" / "instance.json").read_text())
        try:
            yield Served(process, url[0], address["token"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE)

    def _popen(self, arguments: Sequence[str], environ: Environ | None) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "slyflow", *arguments, "--home", str(self.home)],
            cwd=self.folder,
            env=self.environ() | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environ(self) -> dict[str, str]:
        """Nothing of the user's: an empty home directory, no credentials, no settings."""
        theirs = ("SLYFLOW_", "SERVER_ADDRESS", "API_TOKEN", "TASK_ID", "GITHUB_ACTIONS")
        ours = {key: value for key, value in os.environ.items() if not key.startswith(theirs)}
        user = self.folder / "user"
        user.mkdir(exist_ok=True)
        source = str(Path(slyflow.__file__).parents[1])
        return ours | {"HOME": str(user), "TERM": "dumb", "PYTHONPATH": source}

    # What it left

    @property
    def run_folder(self) -> Path:
        """The folder of the newest run."""
        return max((self.home / "runs").iterdir())

    def journal(self) -> Sequence[Recorded]:
        """The newest run's events, none while there is no journal yet."""
        if not any((self.home / "runs").glob("*/journal.sqlite")):
            return ()
        try:
            return read(self.run_folder)
        except StoreError:
            return ()  # it is just being made

    def records(self, query: str) -> list[dict[str, Any]]:
        """Ask the instance's own tables, past its API."""
        database = self.home / "instance" / "instance.db"
        if not database.exists():
            return []
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def sessions(self) -> list[dict[str, Any]]:
        return self.records("SELECT * FROM session ORDER BY id")

    def launches(self) -> list[str]:
        """The step of each session, from its description, sorted: a step twice was launched twice."""
        found = [re.search(r"step=(\w+) attempt=(\d+)", row["description"]) for row in self.sessions()]
        return sorted(f"{match[1]}/{match[2]}" for match in found if match is not None)

    def processes(self) -> dict[int, str]:
        """Every process whose command line or environment names this world, with its command line."""
        found = {}
        for place in Path("/proc").iterdir():
            if place.name.isdecimal() and int(place.name) != os.getpid():
                with contextlib.suppress(OSError):
                    line = (place / "cmdline").read_bytes()
                    if str(self.folder).encode() in line + (place / "environ").read_bytes():
                        found[int(place.name)] = line.replace(b"\0", b" ").decode(errors="replace")
        return found

    def left_behind(self) -> dict[int, str]:
        """The processes that are still there after a few seconds, the time an ending server needs."""
        deadline = time.monotonic() + 8
        while (found := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def clear(self) -> None:
        """Kill what a failed test left running."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def eventually(done: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Ask again and again, less often what takes long, such as what runs and what a journal holds."""
    deadline = time.monotonic() + seconds
    begun = time.thread_time()
    while not done():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(max(0.005, 3 * (time.thread_time() - begun)))
        begun = time.thread_time()


def has(kind: type, step: str | None = None) -> Callable[[Sequence[Event]], bool]:
    """Return a condition for `Driver.until`: an event of this class, of this step."""
    return lambda events: any(
        isinstance(event, kind) and (step is None or getattr(event, "step", None) == step) for event in events
    )
