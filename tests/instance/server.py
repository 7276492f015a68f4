"""A running instance for tests: the real server process, real sessions, and plain HTTP to talk to it."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import requests

from slyflow.instance.home import Address, Home, read_address

ENDED = ("finished", "error", "stopped")
PATIENCE = 20.0


class Answer(Exception):
    """The server refused; `status` and `body` are what it said."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Server:
    """One server process in its own home."""

    def __init__(self, home: Path, *, slots: int = 4, port: int = 0) -> None:
        self.home = Home(home)
        options = ["--home", str(home), "--slots", str(slots), "--port", str(port)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "slyflow.instance", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self.process.stdout is not None
        if self.process.stdout.readline() != b"ready\n":
            assert self.process.stderr is not None
            message = self.process.stderr.read().decode()
            self.close()
            raise AssertionError(f"the server did not start: {message}")
        address = read_address(self.home)
        assert address is not None
        self.address: Address = address
        self._http = requests.Session()
        self._http.trust_env = False

    def close(self) -> None:
        """End the server cleanly."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)
        if hasattr(self, "_http"):
            self._http.close()

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        self.process.kill()
        self.process.communicate(timeout=PATIENCE)
        self._http.close()

    def send(
        self,
        method: str,
        body: object = None,
        *,
        token: str | None = None,
        verb: str = "POST",
        headers: Mapping[str, str | None] | None = None,
        **options: Any,
    ) -> requests.Response:
        """Send one API call and return the raw answer."""
        key = self.address.token.reveal() if token is None else token
        if body is not None:
            options["json"] = body
        return self._http.request(
            verb,
            f"{self.address.url}/public/api/v3/{method}",
            headers={"x-api-key": key, **(headers or {})},
            timeout=PATIENCE,
            **options,
        )

    def call(self, method: str, body: object = None, **options: Any) -> Any:
        """Send one API call and return its JSON; Answer when it is refused."""
        answer = self.send(method, {} if body is None else body, **options)
        value = answer.json()
        if answer.status_code != 200:
            raise Answer(answer.status_code, value)
        return value

    def add_app(self, folder: Path, **options: str) -> int:
        """Register an app and return its module id."""
        module_id: int = self.call("embedded.apps.add", {"path": str(folder), **options})["id"]
        return module_id

    def run(self, module_id: int, state: Mapping[str, Any] | None = None, **options: Any) -> int:
        """Start a session and return its id."""
        key = options.pop("key", None)
        body = {"moduleId": module_id, "workspaceId": 1, "params": {"state": state or {}}, **options}
        started = self.call("tasks.run.app", body, headers={"idempotency-key": key})
        session_id: int = started[0]["taskId"]
        return session_id

    def info(self, session_id: int) -> dict[str, Any]:
        info: dict[str, Any] = self.call("tasks.info", {"id": session_id})
        return info

    def wait(self, session_id: int, *statuses: str) -> dict[str, Any]:
        """Wait until the session has one of these statuses (default: any last one)."""
        return until(lambda: self.info(session_id), lambda info: info["status"] in (statuses or ENDED))

    def log(self, session_id: int) -> str:
        """Return the messages of the session's log, one a line."""
        return "\n".join(str(line["message"]) for line in self.call("tasks.log.download", {"id": session_id}))

    def saying(self, session_id: int, word: str) -> str:
        """Wait until the session's log has this word, and return the log."""
        return until(lambda: self.log(session_id), lambda log: word in log)


T = TypeVar("T")


def until(look: Callable[[], T], good: Callable[[T], bool]) -> T:
    """Look until what is seen is good."""
    deadline = time.monotonic() + PATIENCE
    while not good(seen := look()):
        assert time.monotonic() < deadline, f"still {seen!r} after {PATIENCE} s"
        time.sleep(0.01)
    return seen


@contextmanager
def running(home: Path, *, slots: int = 4) -> Iterator[Server]:
    server = Server(home, slots=slots)
    try:
        yield server
    finally:
        server.close()


def make_app(folder: Path, code: str, **config: Any) -> Path:
    """Write an app whose main script is `code`."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {"name": folder.name, "type": "app", "headless": True, "main_script": "main.py", **config}
    (folder / "config.json").write_text(json.dumps(whole))
    (folder / "main.py").write_text(code)
    return folder


def is_alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def environment_of(pid: int) -> dict[str, str]:
    entries = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(entry.split("=", 1) for entry in entries if "=" in entry)
