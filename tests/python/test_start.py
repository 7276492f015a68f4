"""Pipelines are run from a program on real instances: results, events, refusals, interrupts, resuming."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import slyflow
from slyflow.engine.journalfile import FILE
from slyflow.errors import Locked, UsageError
from slyflow.model.event import LaunchAccepted, RunClosed, RunCreated, RunResumed, SessionChanged, StepEnded
from slyflow.model.run import RunStatus, StepStatus
from slyflow.secret import Secret
from tests.cli import command

SECRET = """\
slyflow: 1
secrets: [KEY]
steps:
  say:
    app: {path: ./apps/hello}
    arguments: {word: "${{ secrets.KEY }}"}
    outputs: {said: {value: {log: "word: (.*)"}}}
"""


@pytest.fixture
def gate(project: Path) -> Iterator[Path]:
    """Return a file that sessions wait for; it is there when the test has ended."""
    path = project / "gate"
    yield path
    path.touch()


def _started(run: slyflow.Run) -> slyflow.Run:
    """Return the run when its session runs."""
    next(recorded for recorded in run if isinstance(recorded.event, LaunchAccepted))
    return run


def test_a_run_gives_its_steps_and_outputs_and_prints_nothing(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    told: list[slyflow.Recorded] = []
    run = slyflow.run("good.yaml", {"word": "ahoy"}, on_event=told.append)
    assert (run.status, run.exit_code, run.error) == (RunStatus.SUCCEEDED, 0, None)
    assert run.outputs == {"told": "ahoy"}
    say = run.steps["say"]
    assert (say.status, say.attempts, say.kind) == (StepStatus.SUCCEEDED, 1, "app")
    assert say.outputs["said"] is not None
    assert say.outputs["said"].value == "ahoy"
    assert say.duration is not None
    assert 0 < say.duration < 60
    assert tuple(told) == run.events == tuple(run)
    assert (type(told[0].event), type(told[-1].event)) == (RunCreated, RunClosed)
    assert run.check() is run.wait() is run
    assert not run.is_driven
    assert run.folder == project / ".slyflow" / "runs" / run.id
    assert capfd.readouterr() == ("", "")
    assert handlers == [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


def test_its_document_is_that_of_the_command_line(project: Path) -> None:
    run = slyflow.run(slyflow.load("good.yaml"), instance="embedded", home="elsewhere")
    shown = command.slyflow("show", "last", "--json", "--home", "elsewhere", cwd=project)
    (again,) = slyflow.runs("elsewhere")
    assert run.document() == again.document()
    assert f'"run": "{run.id}"' in shown.stdout
    assert not (project / ".slyflow").exists()


def test_a_failed_run_says_so_and_raises_only_when_it_is_checked(project: Path) -> None:
    run = slyflow.run("bad.yaml")
    assert (run.status, run.exit_code) == (RunStatus.FAILED, 1)
    with pytest.raises(slyflow.RunFailed) as caught:
        run.check()
    assert caught.value.run is run
    head, line = str(caught.value).split("\n")
    assert head == f"the run {run.id} of bad failed, exit code 1"
    assert line.startswith("break failed in ")
    assert "about to fail" in line


@pytest.mark.parametrize("runs", [slyflow.run, slyflow.start])
def test_what_cannot_run_is_refused_before_anything_is_made(
    runs: Callable[..., slyflow.Run], project: Path
) -> None:
    (project / "secret.yaml").write_text(SECRET)
    (project / "wrong.yaml").write_text("slyflow: 1\nstpes: {}\n")
    for file, options, message in (
        ("missing.yaml", {}, "there is no such file"),
        ("wrong.yaml", {}, "unknown key"),
        ("good.yaml", {"params": {"wrod": 1}}, 'unknown param "wrod", did you mean "word"?'),
        ("secret.yaml", {}, "the pipeline reads secrets that are not set: KEY"),
        ("good.yaml", {"instance": "remote"}, "there are no credentials for a remote instance"),
        ("good.yaml", {"settings": {"slots": 0}}, 'slots is "0"'),
    ):
        with pytest.raises(UsageError, match=message):
            runs(file, **options)
    assert not (project / ".slyflow" / "runs").exists()


def test_what_the_instance_lacks_is_an_invalid_pipeline(project: Path) -> None:
    (project / "lost.yaml").write_text("slyflow: 1\nsteps:\n  one:\n    app: nobody/nothing@v1.0.0\n")
    with pytest.raises(slyflow.InvalidPipeline, match=r'lost\.yaml:4:10: there is no app "nobody/nothing"'):
        slyflow.run("lost.yaml")
    assert slyflow.runs() == []


def test_lines_are_written_where_they_are_asked_for(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    slyflow.run("good.yaml", show=True)
    out, err = capfd.readouterr()
    lines = out.splitlines()
    assert lines[0].endswith("using the embedded instance in .slyflow/instance")
    assert any(line.endswith("say started") or " say launched " in line for line in lines)
    assert "good succeeded in" in lines[-1]
    assert err == ""


def test_a_started_run_is_followed_while_it_goes_on(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}))
    assert run.is_driven
    assert (run.status, run.exit_code, run.steps["say"].status) == ("running", None, "running")
    with pytest.raises(TimeoutError, match=f"the run {run.id} goes on after 0.1 seconds"):
        run.wait(timeout=0.1)
    gate.touch()
    ended = [recorded.event.step for recorded in run if isinstance(recorded.event, StepEnded)]
    assert ended == ["say", "after"]
    assert run.check().outputs == {"told": "hello"}


def test_several_runs_go_on_at_once(project: Path, gate: Path) -> None:
    runs = [_started(slyflow.start("good.yaml", {"word": word, "gate": str(gate)})) for word in "ab"]
    assert all(run.is_driven for run in runs)
    gate.touch()
    assert [run.wait().outputs["told"] for run in runs] == ["a", "b"]
    assert [run.id for run in slyflow.runs()] == [run.id for run in reversed(runs)]


def test_a_stopped_run_stops_its_sessions(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}))
    run.stop("enough")
    assert (run.wait().status, run.exit_code) == (RunStatus.CANCELLED, 1)
    assert run.steps["say"].status is StepStatus.CANCELLED
    with pytest.raises(slyflow.RunFailed, match="cancelled, exit code 1\nsay cancelled"):
        run.check()


def test_an_interrupted_run_is_resumed_with_its_session(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}))
    run.interrupt()
    assert (run.wait().status, run.exit_code) == (RunStatus.INTERRUPTED, 130)
    with pytest.raises(slyflow.RunFailed, match="interrupted, exit code 130"):
        run.check()
    gate.touch()
    again = slyflow.resume(run)
    assert (again.id, again.status, again.exit_code) == (run.id, RunStatus.SUCCEEDED, 0)
    assert sum(isinstance(recorded.event, LaunchAccepted) for recorded in again) == 1
    assert any(isinstance(recorded.event, RunResumed) for recorded in again)


def test_an_interrupt_stops_where_the_settings_say_so(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}, settings={"on_interrupt": "stop"}))
    run.interrupt()
    assert run.wait().status is RunStatus.CANCELLED


def test_a_run_that_is_over_is_resumed_as_it_is(project: Path) -> None:
    run = slyflow.run("good.yaml")
    for again in (slyflow.resume(), slyflow.resume(run.id[-4:]), slyflow.resume(run, wait=False)):
        assert (again.id, again.exit_code, again.events[-1]) == (run.id, 0, run.events[-1])
    with pytest.raises(UsageError, match='there is no run "20000101"'):
        slyflow.resume("20000101")
    with pytest.raises(UsageError, match="on_event is called while the run is waited for"):
        slyflow.resume(on_event=print, wait=False)


def test_a_run_is_resumed_in_the_background(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}))
    run.interrupt()
    run.wait()
    again = slyflow.resume(run, wait=False)
    assert again.is_driven
    gate.touch()
    assert again.check().outputs == {"told": "hello"}


def test_a_run_that_another_process_drives_is_locked_and_only_seen(project: Path, gate: Path) -> None:
    run = _started(slyflow.start("good.yaml", {"gate": str(gate)}))
    with pytest.raises(Locked):
        slyflow.resume(run)
    (seen,) = slyflow.runs()
    assert (seen.status, seen.exit_code, seen.is_driven) == (RunStatus.RUNNING, None, False)
    assert [recorded.number for recorded in seen] == list(range(1, len(seen.events) + 1))
    with pytest.raises(UsageError, match="this program does not drive the run"):
        seen.stop()
    gate.touch()
    run.wait()


def test_what_on_event_raises_leaves_the_run_and_comes_out(project: Path, gate: Path) -> None:
    def refuse(recorded: slyflow.Recorded) -> None:
        if isinstance(recorded.event, LaunchAccepted):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        slyflow.run("good.yaml", {"gate": str(gate)}, on_event=refuse)
    (run,) = slyflow.runs()
    assert run.status is RunStatus.INTERRUPTED
    assert caught.value.__notes__ == [
        f"the run {run.id} is not over: slyflow.resume('{run.id}') goes on with it"
    ]
    gate.touch()
    assert slyflow.resume(run).exit_code == 0


def test_ctrl_c_leaves_the_run_and_ends_the_program(project: Path, gate: Path) -> None:
    script = "import slyflow, sys; slyflow.run('good.yaml', {'gate': sys.argv[1]})"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(gate)], stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            _until(lambda: any(_has_session(run) for run in slyflow.runs()))
            program.send_signal(signal.SIGINT)
            _, said = program.communicate(timeout=30)
        finally:
            program.kill()
    (run,) = slyflow.runs()
    assert program.returncode == -signal.SIGINT
    assert run.status is RunStatus.INTERRUPTED
    assert said.rstrip().endswith(
        f"KeyboardInterrupt\nthe run {run.id} is not over: slyflow.resume('{run.id}') goes on with it"
    )
    gate.touch()
    assert slyflow.resume().outputs == {"told": "hello"}


def test_a_program_that_does_not_wait_leaves_a_run_that_can_be_resumed(project: Path) -> None:
    script = "import slyflow; print(slyflow.start('good.yaml').id)"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    (run,) = slyflow.runs()
    assert (run.id, run.exit_code, ended.stderr) == (ended.stdout.strip(), None, "")
    assert slyflow.resume(settings={"launch_window": 1}).summary.exit_code is not None


def test_a_block_waits_for_its_run_or_leaves_it(project: Path, gate: Path) -> None:
    with slyflow.start("good.yaml") as run:
        assert run.is_driven
    assert run.exit_code == 0
    with pytest.raises(ZeroDivisionError), slyflow.start("good.yaml", {"gate": str(gate)}) as run:
        raise ZeroDivisionError
    assert run.status is RunStatus.INTERRUPTED


def test_an_instance_that_is_open_is_used_and_stays_open(project: Path) -> None:
    with command.serving(project / "served") as address:
        instance = slyflow.Instance(address.url, address.token)
        try:
            run = slyflow.run("good.yaml", instance=instance)
            assert (run.exit_code, run.summary.instance_url) == (0, address.url)
            assert instance.version is not None
            assert not (project / ".slyflow" / "instance").exists()
            for path in run.folder.iterdir():
                assert address.token.reveal().encode() not in path.read_bytes()
        finally:
            instance.close()


def test_a_run_goes_on_only_on_the_instance_where_it_began(project: Path, gate: Path) -> None:
    with command.serving(project / "served") as address:
        here = slyflow.Instance(address.url, address.token)
        elsewhere = slyflow.Instance("http://127.0.0.1:9", Secret("not-the-token-of-the-instance"))
        run = _started(slyflow.start("good.yaml", {"gate": str(gate)}, instance=here))
        run.interrupt()
        run.wait()
        with pytest.raises(UsageError, match=f"the run is on {address.url}, but the instance given is"):
            slyflow.resume(run, instance=elsewhere)
        gate.touch()
        assert slyflow.resume(run, instance=here).exit_code == 0
        here.close()


def test_credentials_are_those_of_the_environment(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with command.serving(project / "served") as address:
        monkeypatch.setenv("SERVER_ADDRESS", address.url)
        monkeypatch.setenv("API_TOKEN", address.token.reveal())
        assert slyflow.run("good.yaml", instance="remote").summary.instance_url == address.url
        assert slyflow.run("good.yaml").summary.instance_url == address.url
        assert slyflow.run("good.yaml", instance="embedded").summary.instance_url != address.url


def test_a_secret_is_in_nothing_that_is_shown_or_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "swordfish-0123456789"
    monkeypatch.setenv("KEY", secret)
    (project / "secret.yaml").write_text(SECRET)
    run = slyflow.run("secret.yaml", show=True)
    assert run.exit_code == 0
    assert run.steps["say"].outputs["said"] is not None
    assert run.steps["say"].outputs["said"].value == secret, "a program may compute with it"
    shown = repr(run) + run._repr_html_() + str(run._repr_svg_()) + "".join(capfd.readouterr())
    assert secret not in shown
    assert "***" in run._repr_html_()
    for path in run.folder.iterdir():
        assert secret.encode() not in path.read_bytes()


def test_runs_are_listed_newest_first_and_a_damaged_one_hides_no_other(project: Path) -> None:
    assert slyflow.runs() == []
    first, second = (slyflow.run("good.yaml", {"word": word}) for word in ("one", "two"))
    assert [run.outputs["told"] for run in slyflow.runs()] == ["two", "one"]
    (first.folder / FILE).write_bytes(b"not a journal")
    with pytest.warns(UserWarning, match="journal"):
        found = slyflow.runs(Path(".slyflow"))
    assert [run.id for run in found] == [second.id]


def test_no_thread_and_no_process_is_left_behind(project: Path) -> None:
    before = set(threading.enumerate()), _children()
    slyflow.run("good.yaml")
    _until(lambda: (set(threading.enumerate()), _children()) == before)


def _children() -> set[str]:
    found = (path.read_text().split() for path in Path("/proc/self/task").glob("*/children"))
    return {child for children in found for child in children}


def _has_session(run: slyflow.Run) -> bool:
    return any(isinstance(recorded.event, SessionChanged | LaunchAccepted) for recorded in run.events)


def _until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)
