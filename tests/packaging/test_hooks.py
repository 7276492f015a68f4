"""The hooks do their work on any name that pre-commit may hand them, and are what pre-commit installs."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from slyflow.syntax.document import parse_value
from tests.cli import command
from tests.docs.markdown import ROOT

MANIFEST = ROOT / ".pre-commit-hooks.yaml"
GOOD = "slyflow: 1\nsteps:\n  a: {values: {x: 1}}\n"
UGLY = "steps: {a: {values: {x: 1}}}\nslyflow:   1\n"
WRONG = "slyflow: 1\nnmae: x\nsteps:\n  a: {values: {x: 1}}\n"
NAMES = ("-rf.slyflow.yaml", "--strict.slyflow.yaml", "two\nlines.slyflow.yml", "a b.slyflow.yaml")


def hooks() -> dict[str, dict[str, Any]]:
    found: Any = parse_value(MANIFEST.read_text(encoding="utf-8"), "yaml")
    return {one["id"]: one for one in found}


@pytest.mark.parametrize(
    ("hook", "text", "code"),
    [
        ("slyflow-validate", GOOD, 0),
        ("slyflow-validate", WRONG, 2),
        ("slyflow-fmt", UGLY, 0),
        ("slyflow-lock-check", GOOD, 0),
        ("slyflow-lock-check", WRONG, 2),
        ("slyflow-lock-check", GOOD.replace("values: {x: 1}", "app: a/b"), 1),
    ],
)
def test_a_hook_takes_odd_names_for_names(hook: str, text: str, code: int, tmp_path: Path) -> None:
    for name in NAMES:
        (tmp_path / name).write_text(text)
    one = hooks()[hook]
    program, *words = shlex.split(one["entry"])
    assert program == "slyflow"
    ended = command.slyflow(*words, *one["args"], *NAMES, cwd=tmp_path)
    assert ended.returncode == code, ended.stderr
    if hook == "slyflow-fmt":
        assert all((tmp_path / name).read_text() != UGLY for name in NAMES)


def _git(*words: str, cwd: Path) -> None:
    name = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", *name, *words], cwd=cwd, check=True, capture_output=True)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="pre-commit installs from a repository")
def test_pre_commit_installs_and_runs_them(tmp_path: Path) -> None:
    hooked, work, home = (tmp_path / name for name in ("hooked", "work", "home"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in listed.stdout.rstrip("\0").split("\0"):
        if name.startswith(("slyflow/", "schemas/", "docs/problems.md")) or "/" not in name:
            (hooked / name).parent.mkdir(parents=True, exist_ok=True)
            (hooked / name).write_bytes((ROOT / name).read_bytes())
    work.mkdir()
    home.mkdir()
    for folder in (hooked, work):
        _git("init", "--quiet", cwd=folder)
    _git("add", "--all", cwd=hooked)
    _git("commit", "--quiet", "--message", "All of it", cwd=hooked)
    for name in NAMES:
        (work / name).write_text(UGLY)
    (work / "wrong.slyflow.yaml").write_text(WRONG)
    (work / "other.yaml").write_text("no: pipeline\n")
    _git("add", "--all", cwd=work)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COVERAGE"))}
    config = Path.home() / ".config" / "pip" / "pip.conf"
    if config.exists():
        # The registry that this machine uses is told there.
        kept.setdefault("PIP_CONFIG_FILE", str(config))
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            str(hooked),
            "--all-files",
            "--verbose",
            "--color=never",
        ],
        cwd=work,
        env={**kept, "HOME": str(home), "PRE_COMMIT_HOME": str(home / "pre-commit")},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "files were modified by this hook" in ended.stdout
    assert 'wrong.slyflow.yaml:4:1: unknown key "nmae"' in ended.stdout
    assert "other.yaml" not in ended.stdout
    assert {(work / name).read_text() for name in NAMES} == {"slyflow: 1\nsteps: {a: {values: {x: 1}}}\n"}
