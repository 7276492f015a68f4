"""`slyflow lock`, `outdated`, `upgrade`, and what `validate` and `run` make of a lock: on a real instance."""

import contextlib
import io
import json
import os
import pty
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from slyflow.cli import main
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from tests.cli import command
from tests.cli.conftest import HELLO

PIPELINE = """\
slyflow: 1
steps:
  say:
    app: local/hello
    arguments: {word: "a"}
  again:
    needs: say
    app: {slug: local/hello, version: v1.0.0}
"""
CONFIG: Mapping[str, Any] = {
    "name": "Hello",
    "description": "Says a word",
    "type": "app",
    "headless": True,
    "main_script": "main.py",
    "modal_template_state": {"word": "hello", "gate": ""},
}
NEWER: Mapping[str, Any] = {**CONFIG, "modal_template_state": {"words": ["hello"], "gate": ""}}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give one embedded instance, with two releases of an app, to all tests."""
    folder = tmp_path_factory.mktemp("instance")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SERVER_ADDRESS", "API_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("HOME", str(folder))
        with command.serving(folder / "home"):
            register(folder, CONFIG)
            yield folder / "home"


def register(folder: Path, config: Mapping[str, Any], slug: str = "local/hello") -> None:
    """Make a release of the app with this config."""
    app = folder / "app"
    app.mkdir(exist_ok=True)
    (app / "config.json").write_text(json.dumps(config))
    (app / "main.py").write_text(HELLO)
    done = slyflow(
        "apps", "add", "app", "--slug", slug, cwd=folder, environ={"SLYFLOW_HOME": str(folder / "home")}
    )
    assert done.code == 0, done.err


@dataclass(frozen=True)
class Done:
    """How a command ended, with what it printed."""

    code: int
    out: str
    err: str


def slyflow(*arguments: str, cwd: Path, environ: Mapping[str, str] | None = None) -> Done:
    """Run a command in this process, as a new one would mostly import; the working directory is `cwd`."""
    out, err = io.StringIO(), io.StringIO()
    told = {"SLYFLOW_INSTANCE": "embedded", **(environ or {})}
    with contextlib.chdir(cwd):
        code = main.main(arguments, Context(Console(out, err, told), told, str(cwd), os.urandom))
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture
def work(tmp_path: Path, home: Path) -> Path:
    """Return a repository with a pipeline, which uses the instance."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "slyflow.toml").write_text(f'home = "{home}"\n')
    (tmp_path / "p.yaml").write_text(PIPELINE)
    return tmp_path


def ok(*arguments: str, cwd: Path) -> str:
    done = slyflow(*arguments, cwd=cwd)
    assert done.code == 0, done.out + done.err
    return done.out


def test_a_lock_is_written_once_and_checked_without_an_instance(work: Path) -> None:
    first = ok("lock", "p.yaml", cwd=work)
    assert first == "  + local/hello  v1.0.0\n  + local/hello@v1.0.0  v1.0.0\nwrote slyflow.lock: 2 apps\n"
    lock = work / "slyflow.lock"
    text, stat = lock.read_text(), lock.stat()
    assert text.startswith("# Written by `slyflow lock`")
    assert 'word: {"type": "string", "default": "hello"}' in text
    assert ok("lock", "p.yaml", cwd=work) == "slyflow.lock is up to date: 2 apps\n"
    after = lock.stat()
    assert (after.st_ino, after.st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns), "no change is no write"
    nowhere = {"SLYFLOW_INSTANCE": "remote"}
    checked = slyflow("lock", "--check", "p.yaml", cwd=work, environ=nowhere)
    assert (checked.code, checked.out) == (0, "slyflow.lock is up to date\n")
    assert ok("lock", "--check", "--online", "p.yaml", cwd=work) == "slyflow.lock is up to date\n"
    document = json.loads(ok("lock", "p.yaml", "--json", cwd=work))
    assert (document["written"], document["instance"]) == (False, "embedded")
    assert [app["release"] for app in document["apps"]] == ["v1.0.0", "v1.0.0"]


def test_a_check_says_in_what_the_lock_is_out_of_date(work: Path) -> None:
    none = slyflow("lock", "--check", "p.yaml", cwd=work)
    assert (none.code, none.out.splitlines()[0]) == (1, "there is no slyflow.lock")
    ok("lock", "p.yaml", cwd=work)
    (work / "p.yaml").write_text(PIPELINE.replace("version: v1.0.0", "version: v9"))
    stale = slyflow("lock", "--check", "p.yaml", cwd=work)
    assert stale.code == 1
    assert stale.out.splitlines() == [
        "local/hello@v9 is not locked for p.yaml",
        "local/hello@v1.0.0 is locked for p.yaml, which no longer asks for it",
        "slyflow.lock is out of date: run slyflow lock p.yaml",
    ]
    as_json = slyflow("lock", "--check", "--json", "p.yaml", cwd=work)
    assert (as_json.code, json.loads(as_json.out)["up_to_date"]) == (1, False)
    refused = slyflow("lock", "p.yaml", cwd=work)
    assert refused.code == 1
    assert "p.yaml:8:10: there is no such version" in refused.err
    (work / "p.yaml").write_text(PIPELINE)
    (work / "slyflow.lock").write_text((work / "slyflow.lock").read_text() + "\n")
    edited = slyflow("lock", "--check", "p.yaml", cwd=work)
    assert edited.out.splitlines()[0] == "slyflow.lock is not as slyflow writes it"


def test_a_check_tells_what_no_release_explains(work: Path) -> None:
    ok("lock", "p.yaml", cwd=work)
    lock = work / "slyflow.lock"
    (work / "old.lock").write_text(lock.read_text())
    same = slyflow("lock", "--check", "--against", "old.lock", "p.yaml", cwd=work)
    assert (same.code, same.out, same.err) == (0, "slyflow.lock is up to date\n", "")
    sha = lock.read_text().partition('config_sha256: "')[2][:64]
    lock.write_text(lock.read_text().replace(sha, "f" * 64))
    moved = slyflow("lock", "--check", "--against", "old.lock", "p.yaml", cwd=work)
    assert (moved.code, moved.out) == (1, "slyflow.lock is up to date\n")
    assert moved.err.startswith(
        "slyflow.lock:6:3: warning: local/hello has another config under the same release"
    )
    assert moved.err.count("SLY422") == 2
    as_json = slyflow("lock", "--check", "--against", "old.lock", "--json", "p.yaml", cwd=work)
    assert (as_json.code, len(json.loads(as_json.out)["doubtful"])) == (1, 2)
    none = slyflow("lock", "--check", "--against", "none.lock", "p.yaml", cwd=work)
    assert (none.code, "there is no none.lock" in none.err) == (2, True)
    assert slyflow("lock", "--against", "old.lock", "p.yaml", cwd=work).code == 2


def test_two_repositories_have_no_common_lock(work: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".git").mkdir(parents=True)
    (other / "q.yaml").write_text(PIPELINE)
    done = slyflow("lock", "p.yaml", "other/q.yaml", cwd=work)
    assert (done.code, "these files have several locks" in done.err) == (2, True)


def test_a_pipeline_with_errors_is_not_locked(work: Path) -> None:
    (work / "p.yaml").write_text(PIPELINE.replace("needs: say", "needs: sya"))
    done = slyflow("lock", "p.yaml", cwd=work)
    assert done.code == 2
    assert 'did you mean "say"?' in done.err
    assert not (work / "slyflow.lock").exists()


def test_validate_checks_with_the_lock_and_nothing_else(work: Path) -> None:
    ok("lock", "p.yaml", cwd=work)
    (work / "p.yaml").write_text(PIPELINE.replace("word:", "wrod:").replace("local/hello\n", "local/helo\n"))
    nowhere = {"SLYFLOW_INSTANCE": "remote", "SLYFLOW_HOME": str(work / "nowhere")}
    done = slyflow("validate", "p.yaml", cwd=work, environ=nowhere)
    assert done.code == 2
    assert 'app "local/helo" is not in slyflow.lock, did you mean "local/hello"?' in done.out
    (work / "p.yaml").write_text(PIPELINE.replace("word:", "wrod:"))
    warned = slyflow("validate", "p.yaml", cwd=work, environ=nowhere)
    assert (warned.code, 'did you mean "word"?' in warned.out) == (0, True)
    assert slyflow("validate", "--strict", "p.yaml", cwd=work).code == 2
    (work / "slyflow.lock").write_text("apps:\n<<<<<<< ours\n")
    (work / "q.yaml").write_text(PIPELINE)
    damaged = slyflow("validate", "p.yaml", "q.yaml", cwd=work)
    assert damaged.code == 2
    assert damaged.out.count("slyflow.lock:2:1: the lock holds a merge conflict") == 1
    report = slyflow("validate", "--format", "junit", "p.yaml", "q.yaml", cwd=work).out
    assert '<testsuite name="slyflow.lock" tests="1" failures="1"' in report


def test_a_run_launches_what_is_locked_and_refuses_what_changed(work: Path, home: Path) -> None:
    slug = "local/moving"
    register(home.parent, CONFIG, slug)
    (work / "p.yaml").write_text(f"slyflow: 1\nsteps:\n  say:\n    app: {slug}\n    arguments: {{word: b}}\n")
    unlocked = slyflow("run", "p.yaml", cwd=work)
    assert unlocked.code == 0, unlocked.err
    assert f'app "{slug}" has no version and is not locked' in unlocked.err
    strict = slyflow("run", "--strict", "p.yaml", cwd=work)
    assert (strict.code, "say launched" in strict.out) == (2, False)
    ok("lock", "p.yaml", cwd=work)
    register(home.parent, NEWER, slug)
    locked = slyflow("run", "--strict", "p.yaml", "--json", cwd=work)
    assert locked.code == 0, locked.err
    assert "warning" not in locked.err
    events = ok("events", "last", "--json", cwd=work)
    assert '"v1.0.0"' in events
    assert '"v1.0.1"' not in events
    lock = work / "slyflow.lock"
    lock.write_text(lock.read_text().replace('config_sha256: "', 'config_sha256: "0'))
    refused = slyflow("run", "p.yaml", cwd=work)
    assert (refused.code, "say launched" in refused.out) == (2, False)
    assert f'p.yaml:4:10: app "{slug}@v1.0.0" is not what the lock says: its config has' in refused.err
    assert "slyflow lock p.yaml" in refused.err


def test_a_lock_of_another_instance_is_refused(work: Path) -> None:
    ok("lock", "p.yaml", cwd=work)
    lock = work / "slyflow.lock"
    lock.write_text(lock.read_text().replace('"embedded"', '"https://elsewhere.example"'))
    for arguments in (["run", "p.yaml"], ["lock", "p.yaml"], ["outdated"], ["upgrade", "local/hello"]):
        done = slyflow(*arguments, cwd=work)
        assert done.code == 2
        assert "slyflow.lock is of https://elsewhere.example, and this is the embedded instance" in done.err


@pytest.fixture
def late(work: Path, home: Path) -> str:
    """Return the slug of an app that is locked in `work` in both ways, and has a newer release since."""
    slug = f"local/late-{work.name}"
    register(home.parent, CONFIG, slug)
    (work / "p.yaml").write_text(PIPELINE.replace("local/hello", slug))
    ok("lock", "p.yaml", cwd=work)
    register(home.parent, NEWER, slug)
    return slug


def test_what_is_outdated_is_shown_with_the_newest_that_fits(work: Path, late: str) -> None:
    done = slyflow("outdated", cwd=work)
    assert done.code == 1
    rows = [line.split() for line in done.out.splitlines()]
    assert rows == [
        ["app", "locked", "fits", "newest"],
        [late, "v1.0.0", "v1.0.1", "v1.0.1"],
        [f"{late}@v1.0.0", "v1.0.0", "v1.0.0", "v1.0.1"],
        ["1", "of", "2", "locked", "apps", "out", "of", "date"],
    ]
    first, second = json.loads(slyflow("outdated", "--json", cwd=work).out)
    assert (first["is_outdated"], second["is_outdated"], second["newest"]) == (True, False, "v1.0.1")


def test_an_upgrade_shows_the_difference_before_it_writes(work: Path, late: str) -> None:
    before = (work / "slyflow.lock").read_bytes(), (work / "p.yaml").read_bytes()
    shown = ok("upgrade", late, "--dry-run", cwd=work)
    assert f"{late}  v1.0.0 → v1.0.1" in shown
    assert '      - argument word: string = "hello"' in shown
    assert '      + argument words: list = ["hello"]' in shown
    assert 'declares no argument "word", did you mean "words"?' in shown
    assert "edits p.yaml" in shown
    alone = slyflow("upgrade", late, cwd=work)
    assert (alone.code, "--yes says yes" in alone.err) == (2, True)
    assert ((work / "slyflow.lock").read_bytes(), (work / "p.yaml").read_bytes()) == before
    ok("upgrade", late, "--yes", cwd=work)
    assert (work / "p.yaml").read_text() == PIPELINE.replace("local/hello", late).replace("v1.0.0", "v1.0.1")
    assert ok("lock", "--check", "--online", "p.yaml", cwd=work) == "slyflow.lock is up to date\n"
    assert "is at that release already" in ok("upgrade", late, "--yes", cwd=work)
    ok("upgrade", late, "--to", "v1.0.0", "--yes", cwd=work)
    assert ((work / "slyflow.lock").read_bytes(), (work / "p.yaml").read_bytes()) == before


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("\n", 1)])
def test_an_upgrade_asks_on_a_terminal(
    answer: str, code: int, work: Path, late: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (work / "slyflow.lock").read_bytes()
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard, os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        keyboard.write(answer.encode())
        done = slyflow("upgrade", late, cwd=work)
    assert (done.code, "Write slyflow.lock? [y/N]" in done.err) == (code, True)
    assert ((work / "slyflow.lock").read_bytes() != before) is (code == 0)


def test_only_what_is_locked_is_upgraded(work: Path, late: str, tmp_path: Path) -> None:
    unknown = slyflow("upgrade", late[:-1], cwd=work)
    assert (unknown.code, f'did you mean "{late}"?' in unknown.err) == (2, True)
    version = slyflow("upgrade", late, "--to", "v7", cwd=work)
    assert (version.code, "there is no such version" in version.err) == (1, True)
    (work / "slyflow.lock").unlink()
    without = slyflow("outdated", cwd=work)
    assert (without.code, "there is no slyflow.lock here" in without.err) == (2, True)


def test_a_schema_is_written_over_an_older_one_and_nothing_else(work: Path) -> None:
    published = json.loads(ok("schema", cwd=work))
    assert published["$id"] == "urn:slyflow:schema:pipeline:v1"
    without = slyflow("schema", "--from-lock", cwd=work)
    assert (without.code, "there is no slyflow.lock here" in without.err) == (2, True)
    ok("lock", "p.yaml", cwd=work)
    assert ok("schema", "-o", "s.json", cwd=work) == "wrote s.json\n"
    assert ok("schema", "--from-lock", "--output", "s.json", cwd=work) == "wrote s.json\n"
    assert ok("schema", "--from-lock", "-o", "s.json", cwd=work) == "s.json is up to date\n"
    written = json.loads((work / "s.json").read_text())
    assert written == json.loads(ok("schema", "--from-lock", cwd=work))
    assert "local/hello@v1.0.0" in [one.get("const") for one in written["$defs"]["app"]["anyOf"]]
    before = (work / "p.yaml").read_text()
    refused = slyflow("schema", "-o", "p.yaml", cwd=work)
    assert (refused.code, "is no schema of slyflow's" in refused.err) == (2, True)
    assert (work / "p.yaml").read_text() == before
