"""An app that does what its arguments say; `world.py` copies it beside a test's pipeline.

It runs as a session, in a process of the embedded instance, never in the test's own.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

DEFAULTS: dict[str, Any] = {
    "say": [],
    "recite": "",
    "binary": False,
    "deaf": False,
    "started": "",
    "wait_for": "",
    "seconds": 0,
    "succeed_after": 0,
    "count_in": "",
    "file": "",
    "soft_error": "",
    "code": 0,
}


def main(state: dict[str, Any]) -> int:
    if state["deaf"]:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if state["started"]:
        Path(state["started"]).write_text(str(os.getpid()))
    recited = Path(state["recite"]).read_text().splitlines() if state["recite"] else []
    for line in [*state["say"], *recited]:
        print(line, flush=True)
    if state["binary"]:
        sys.stdout.buffer.write(bytes(range(256)) * 64 + b"\xff\xfe\n")
        sys.stdout.buffer.flush()
    while state["wait_for"] and not Path(state["wait_for"]).exists():
        time.sleep(0.02)
    time.sleep(state["seconds"])
    if state["file"] or state["soft_error"]:
        report(state["file"], state["soft_error"])
    return 1 if is_one_try_too_few(state) else int(state["code"])


def is_one_try_too_few(state: dict[str, Any]) -> bool:
    """Count this try in a file; say whether the app is to fail it."""
    if not state["count_in"]:
        return False
    with Path(state["count_in"]).open("a") as file:
        file.write("x")
    return len(Path(state["count_in"]).read_text()) < int(state["succeed_after"])


def report(file: str, soft_error: str) -> None:
    from slyflow.client import AppContext  # costs more than the rest, and most tests do without

    app = AppContext.from_environment(os.environ)
    if file:
        written = app.instance.files.upload(app.team_id, file, b"made by an app")
        app.set_output_file(written)
    if soft_error:
        app.set_output_error("It went wrong", soft_error)


if __name__ == "__main__":
    sys.exit(main({**DEFAULTS, **json.loads(os.environ["MODAL_STATE"])}))
