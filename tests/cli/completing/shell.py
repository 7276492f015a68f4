"""Real interactive shells on a terminal, which are made to complete a line."""

import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 30.0
_BEGIN, _BETWEEN, _END = "«", "¦", "»"
SHOW = r"""show() { printf '\302\253'; printf '%s\302\246' "$@"; printf '\302\273'; }"""
"""Defines the command that prints its arguments between marks, which the echo of its source lacks."""


def need(shell: str) -> str:
    """Return where the shell is; skip the test where it is not installed."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    return found


def write_command(folder: Path) -> Path:
    """Write a command `slyflow` for PATH, and return its folder."""
    folder.mkdir(exist_ok=True)
    command = folder / "slyflow"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m slyflow "$@"\n')
    command.chmod(0o755)
    return folder


class Terminal:
    """A shell on a pseudo terminal."""

    def __init__(self, controller: int) -> None:
        self._controller = controller
        self._seen = ""

    def type(self, text: str) -> None:
        os.write(self._controller, text.encode())

    def until(self, mark: str) -> str:
        """Return what is printed up to the mark, and forget it."""
        deadline = time.monotonic() + PATIENCE
        while mark not in self._seen:
            ready, _, _ = select.select([self._controller], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"waited in vain for {mark!r}, seen: {self._seen!r}"
            self._seen += os.read(self._controller, 65536).decode(errors="replace")
        found, _, self._seen = self._seen.partition(mark)
        return found

    def completed(self, line: str) -> list[str]:
        """Complete the line by Tab, and return its words as the shell then passes them on."""
        # Control-A leads to the beginning of the line: what was typed becomes the arguments of `show`.
        self.type(f"{line}\t\x01show \x05\r")
        self.until(_BEGIN)
        return self.until(_END).split(_BETWEEN)[:-1]


@contextmanager
def terminal(arguments: Sequence[str], folder: Path, commands: Path) -> Iterator[Terminal]:
    """Start a shell in the folder, with `slyflow` from `commands`."""
    controller, terminal_of_shell = pty.openpty()
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BASH", "ZDOTDIR"))},
        "PATH": f"{commands}:{os.environ['PATH']}",
        "TERM": "vt100",  # zsh has no line editor on a dumb terminal
        "PS1": "",
        "LC_ALL": "C.UTF-8",
    }
    with subprocess.Popen(
        arguments,
        cwd=folder,
        env=environ,
        stdin=terminal_of_shell,
        stdout=terminal_of_shell,
        stderr=terminal_of_shell,
        start_new_session=True,
    ) as shell:
        os.close(terminal_of_shell)
        try:
            yield Terminal(controller)
        finally:
            shell.kill()
            shell.wait()
            os.close(controller)
