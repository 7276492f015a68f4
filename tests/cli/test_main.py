"""The command line as a whole: help, version, mistakes, broken pipes, bugs."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

import slyflow
from slyflow.cli import main
from slyflow.cli.command import COMMANDS
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.errors import Locked
from tests.cli import command


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    ended = command.slyflow("--version", cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"slyflow {slyflow.__version__}\n", "")


def test_help_lists_every_command_and_each_has_its_own(tmp_path: Path) -> None:
    for arguments in ((), ("--help",)):
        ended = command.slyflow(*arguments, cwd=tmp_path)
        assert ended.returncode == 0
        assert all(name in ended.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_explains_itself(name: str, tmp_path: Path) -> None:
    code, out, err = _run(name, "--help", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: slyflow {name} ")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["vaildate"], 'unknown command "vaildate", did you mean "validate"?', "see `slyflow --help`"),
        (["frobnicate"], 'unknown command "frobnicate"', "see `slyflow --help`"),
        (["--verison"], 'unknown option "--verison", did you mean "--version"?', "see `slyflow --help`"),
        (
            ["settings", "--hom", "x"],
            'unknown option "--hom", did you mean "--home"?',
            "see `slyflow settings --help`",
        ),
        (["settings", "x"], '"x" is one argument too many', "see `slyflow settings --help`"),
        (
            ["validate"],
            "the following arguments are required: FILE",
            "see `slyflow validate --help`",
        ),
    ],
)
def test_a_mistake_is_explained(arguments: list[str], message: str, hint: str, tmp_path: Path) -> None:
    code, out, err = _run(*arguments, cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err == f"error: {message}\nhint: {hint}\n"


def test_every_error_ends_with_its_own_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise Locked("another process drives the run")

    monkeypatch.setattr(main, "_run", fail)
    assert _run(cwd=tmp_path) == (6, "", "error: another process drives the run\n")


def test_ctrl_c_ends_with_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_run", interrupt)
    assert _run(cwd=tmp_path) == (130, "", "interrupted\n")


def test_a_bug_is_owned_up_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> int:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(main, "_run", crash)
    code, _, err = _run(cwd=tmp_path)
    assert code == main.BUG
    assert "slyflow failed: ZeroDivisionError: oops" in err
    assert "Traceback" not in err
    assert "Traceback" in _run(cwd=tmp_path, SLYFLOW_DEBUG="1")[2]


def test_a_lost_result_is_not_a_success(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "slyflow", "--version"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert ended.returncode == 7
    assert b"No space left on device" in ended.stderr


def test_a_closed_pipe_and_a_closed_stream_are_no_crash(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    into_nothing = subprocess.run(
        [sys.executable, "-m", "slyflow", "settings"], cwd=tmp_path, stdout=writer, capture_output=False,
        stderr=subprocess.PIPE, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (into_nothing.returncode, into_nothing.stderr) == (0, b"")
    closed = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m slyflow settings >&-"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_the_token_of_the_environment_is_never_printed(tmp_path: Path) -> None:
    token = "t0ken-that-nobody-may-see"
    ended = command.slyflow(
        "settings", "--home", token, cwd=tmp_path, environ={"API_TOKEN": token, "SLYFLOW_DEBUG": "1"}
    )
    assert ended.returncode == 0
    assert token not in ended.stdout + ended.stderr
    assert "***" in ended.stdout


def _run(*arguments: str, cwd: Path, **environ: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    context = Context(Console(out, err, environ), environ, str(cwd), os.urandom)
    return main.main(arguments, context), out.getvalue(), err.getvalue()
