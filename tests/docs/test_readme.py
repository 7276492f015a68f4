"""The README shows what its first command really prints."""

import re
from pathlib import Path

from tests.cli.command import slyflow
from tests.docs.markdown import README, ROOT, blocks

LEFT_OUT = "…"


def test_first_block_of_output_is_what_the_quickstart_prints(tmp_path: Path) -> None:
    shown = next(block for block in blocks(README) if block.info == "").text.splitlines()
    (tmp_path / "pipelines").symlink_to(ROOT / "pipelines")
    done = slyflow(*_arguments_of_make_run(), cwd=tmp_path, environ={"SERVER_ADDRESS": "unused"}, timeout=240)
    assert done.returncode == 0, done.stderr
    printed = [_general(line) for line in (done.stderr + done.stdout).splitlines()]
    wanted = [_general(line) for line in shown if line != LEFT_OUT]
    gap = shown.index(LEFT_OUT)
    assert printed[:gap] == wanted[:gap]
    assert printed[gap - len(wanted) :] == wanted[gap:]


def _arguments_of_make_run() -> list[str]:
    recipe = re.search(
        r"^run:.*\n\t\$\(VENV\)/bin/slyflow (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    assert recipe is not None
    return recipe[1].split()


def _general(line: str) -> str:
    """Return the line without what differs from run to run."""
    for pattern, word in (
        (r"^\d\d:\d\d:\d\d", "TIME"),
        (r"\b\d{8}-\d{6}-\w{4}\b", "RUN"),
        (r"127\.0\.0\.1:\d+", "ADDRESS"),
        (r"\bin [\d.]+m?s\b", "in LONG"),
    ):
        line = re.sub(pattern, word, line)
    return line
