"""Runs the real command line, in a process of its own or in this one."""

import contextlib
import faulthandler
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.cli.main import main
from slyflow.instance.home import Address, Home, read_address

Caller = Callable[..., "subprocess.CompletedProcess[str]"]


def slyflow(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Return how `slyflow ARGUMENTS` ended in the folder, with what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "slyflow", *arguments],
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def here(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None, timeout: float = 60
) -> subprocess.CompletedProcess[str]:
    """Return the same of a command that ran in this process, which takes a third of the time and less.

    For tests of what a command does, where it does not matter how its process begins and ends.
    """
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(cwd), Path(os.devnull).open() as nothing:
        for name, value in (environ or {}).items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", nothing)
        told = dict(os.environ)
        console = Console(out, err, told)
        if token := told.get("API_TOKEN"):
            console.hide(token)
        faulthandler.dump_traceback_later(timeout, exit=True, file=2)
        try:
            code = main(arguments, Context(console, told, str(cwd), os.urandom))
        finally:
            faulthandler.cancel_dump_traceback_later()
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())


@contextmanager
def serving(home: Path) -> Iterator[Address]:
    """Run `slyflow serve` in this home meanwhile; commands with the same home join it."""
    with subprocess.Popen(
        [sys.executable, "-m", "slyflow", "serve", "--home", str(home)],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        try:
            address = read_address(Home(home / "instance"))
            assert address is not None, "it says where it serves only when it does"
            yield address
        finally:
            server.terminate()
            server.communicate(timeout=30)
