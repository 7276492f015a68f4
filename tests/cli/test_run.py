"""`slyflow run` on the embedded instance, with real sessions: results, failures and refusals."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli import command


def test_json_is_one_document_and_everything_else_is_on_standard_error(project: Path) -> None:
    ended = command.slyflow("run", "good.yaml", "-p", "word=ahoy", "--json", cwd=project)
    assert ended.returncode == 0, ended.stderr
    document = json.loads(ended.stdout)
    assert (document["pipeline"], document["status"], document["exit_code"]) == ("good", "succeeded", 0)
    assert document["outputs"] == {"told": "ahoy"}
    assert list(document["steps"]) == ["say", "after"]
    say = document["steps"]["say"]
    assert (say["status"], say["kind"], say["attempts"]) == ("succeeded", "app", 1)
    assert say["outputs"]["said"] == {"kind": "value", "value": "ahoy"}
    assert say["outputs"]["session"]["id"] == say["session"]
    assert "using the embedded instance in .slyflow/instance" in ended.stderr
    assert "say succeeded" in ended.stderr
    journal = project / ".slyflow" / "runs" / document["run"] / "journal.sqlite"
    assert journal.stat().st_mode & 0o777 == 0o600


def test_a_failed_step_fails_the_run_and_is_explained(project: Path) -> None:
    ended = command.slyflow("run", "bad.yaml", cwd=project)
    assert ended.returncode == 1
    assert "break failed" in ended.stdout
    assert 'after skipped: step "break" failed' in ended.stdout
    assert "exit code 1" in ended.stdout.splitlines()[-1]


def test_quiet_says_nothing_while_it_goes_well(project: Path) -> None:
    ended = command.slyflow("run", "good.yaml", "--quiet", "--instance", "embedded", cwd=project)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.yaml"], "missing.yaml:1:1: there is no such file"),
        (["good.yaml", "-p", "wrod=x"], 'unknown param "wrod", did you mean "word"?'),
        (["good.yaml", "-p", "word"], '-p "word" is not KEY=VALUE'),
        (["good.yaml", "-p", "word=a", "-p", "word=b"], 'the param "word" is given twice'),
        (["good.yaml", "--max-sessions", "none"], '--max-sessions is "none", expected a whole number from 1'),
        (["secret.yaml"], "the pipeline reads secrets that are not set: OTHER_KEY, SOME_KEY"),
        (["good.yaml", "--instance", "remote"], "there are no credentials for a remote instance"),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_made(
    arguments: list[str], message: str, project: Path
) -> None:
    (project / "secret.yaml").write_text(
        'slyflow: 1\nsecrets: [SOME_KEY, OTHER_KEY]\nsteps: {one: {values: {x: "${{ secrets.SOME_KEY }}"}}}\n'
    )
    ended = command.slyflow("run", *arguments, cwd=project)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert message in ended.stderr
    assert not (project / ".slyflow" / "runs").exists()


def test_an_app_that_is_not_there_is_a_placed_problem(project: Path) -> None:
    (project / "lost.yaml").write_text("slyflow: 1\nsteps:\n  one:\n    app: nobody/nothing@v1.0.0\n")
    ended = command.slyflow("run", "lost.yaml", cwd=project)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert 'lost.yaml:4:10: there is no app "nobody/nothing"' in ended.stderr
    assert list((project / ".slyflow" / "runs").glob("*")) == []


def test_what_is_odd_about_an_app_in_a_folder_is_told_once(project: Path) -> None:
    odd = "slyflow: 1\nsteps:\n  say:\n    app: {path: ./apps/hello}\n    arguments: {wrod: ahoy}\n"
    (project / "odd.yaml").write_text(odd)
    ended = command.slyflow("run", "odd.yaml", cwd=project)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr.count("SLY409") == 1
    assert 'app "./apps/hello" declares no argument "wrod", did you mean "word"?' in ended.stderr


def test_an_app_in_a_folder_outside_of_the_repository_is_checked_by_the_run(project: Path) -> None:
    (project / "repository" / ".git").mkdir(parents=True)
    far = "slyflow: 1\nsteps:\n  say: {app: {path: ../apps/hello}, arguments: {wrod: ahoy}}\n"
    (project / "repository" / "far.yaml").write_text(far)
    ended = command.slyflow("run", "far.yaml", "--strict", cwd=project / "repository")
    assert ended.returncode == 2
    assert ended.stderr.count("SLY409") == 1


def test_a_secret_is_in_no_output_and_no_file(project: Path) -> None:
    secret = "swordfish-0123456789"
    (project / "secret.yaml").write_text(
        "slyflow: 1\nsecrets: [KEY]\nsteps:\n  say:\n    app: {path: ./apps/hello}\n"
        '    arguments: {word: "${{ secrets.KEY }}"}\n'
        '    outputs: {said: {value: {log: "word: (.*)"}}}\n'
    )
    ended = command.slyflow("run", "secret.yaml", "--json", cwd=project, environ={"KEY": secret})
    assert ended.returncode == 0, ended.stderr
    shown = command.slyflow("show", "last", cwd=project)
    assert secret not in ended.stdout + ended.stderr + shown.stdout
    for path in (project / ".slyflow" / "runs").rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes(), path


def test_a_served_instance_is_used_like_a_remote_one(project: Path) -> None:
    with command.serving(project / "served") as address:
        credentials = {"SERVER_ADDRESS": address.url, "API_TOKEN": address.token.reveal()}
        ended = command.slyflow(
            "run", "good.yaml", "--instance", "remote", "--json", cwd=project, environ=credentials
        )
        assert ended.returncode == 0, ended.stderr
        document = json.loads(ended.stdout)
        assert (document["instance"], document["outputs"]) == (address.url, {"told": "hello"})
        assert not (project / ".slyflow" / "instance").exists()
        logs = command.slyflow("logs", "last", cwd=project, environ=credentials)
        assert logs.stdout == "say | word: hello\n"
        elsewhere = command.slyflow("logs", "last", cwd=project)
        assert elsewhere.returncode == 2
        assert f"the run is on {address.url}" in elsewhere.stderr


@contextmanager
def _small_disk(folder: Path, size: str) -> Iterator[Callable[[], None]]:
    """Mount a disk of this size at the folder; what is given makes it large enough."""
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False
    )
    if not made or made.returncode != 0:
        pytest.skip("this user may not mount a small disk")

    def enlarge() -> None:
        subprocess.run([str(mount), "-o", "remount,size=8m", folder], check=True)

    try:
        yield enlarge
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_ends_a_run_that_can_be_resumed_when_there_is_room(project: Path) -> None:
    disk = project / "home" / "runs"
    disk.mkdir(parents=True)
    (project / "home").chmod(0o700)
    with _small_disk(disk, "124k") as make_room:
        ended = command.slyflow("run", "good.yaml", "--home", "home", cwd=project)
        assert ended.returncode == 7
        assert "database or disk is full" in ended.stderr
        assert "slyflow resume " in ended.stderr
        make_room()
        resumed = command.slyflow("resume", "last", "--home", "home", cwd=project)
        assert resumed.returncode == 0, resumed.stderr
        shown = command.slyflow("show", "last", "--home", "home", "--json", cwd=project)
        assert json.loads(shown.stdout)["outputs"] == {"told": "hello"}


def test_a_run_that_cannot_begin_leaves_nothing_behind(project: Path) -> None:
    disk = project / "home" / "runs"
    disk.mkdir(parents=True)
    (project / "home").chmod(0o700)
    with _small_disk(disk, "24k"):
        ended = command.slyflow("run", "good.yaml", "--home", "home", cwd=project)
        assert ended.returncode == 7
        assert "Traceback" not in ended.stderr
        assert list(disk.iterdir()) == []


def test_on_a_terminal_a_tree_is_drawn_and_the_cursor_comes_back(project: Path) -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    with subprocess.Popen(
        [sys.executable, "-m", "slyflow", "run", "good.yaml"],
        cwd=project,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ) as run:
        os.close(theirs)
        text = _drain(ours)
        run.communicate(timeout=60)
    os.close(ours)
    assert run.returncode == 0
    assert "├─" in text
    assert "✓" in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1
    assert "succeeded" in text.rsplit("\x1b[2K", 1)[-1]


def _drain(descriptor: int) -> str:
    """Return everything that is written to a terminal until its other end is closed."""
    content = b""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and select.select([descriptor], [], [], 60)[0]:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not piece:
            break
        content += piece
    return content.decode()
