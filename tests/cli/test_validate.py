"""`slyflow validate` finds everything wrong, and does nothing but read."""

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from slyflow.catalog.locktext import lock_text
from tests.catalog.locks import LOCK
from tests.cli import command
from tests.unmeasured import environment

GOOD = """\
slyflow: 1
steps:
  one: {values: {x: 1}}
  two: {values: {y: "${{ steps.one.outputs.x }}"}}
"""
# What may be imported beyond the bare interpreter, parts of packages included: a cold check of a file
# takes its time for little else, and each of pathlib, argparse, datetime or all of yaml is a tenth of it.
LIGHT = frozenset(
    (
        "bisect",
        "cel_expr_python",
        "collections",
        "contextlib",
        "copyreg",
        "cython_runtime",
        "encodings",
        "enum",
        "functools",
        "gc",
        "importlib",
        "itertools",
        "json",
        "keyword",
        "math",
        "operator",
        "re",
        "reprlib",
        "slyflow",
        "types",
        "typing",
        "warnings",
        "yaml",
    )
)
HEAVY_PARTS = (
    "yaml.reader",
    "yaml.constructor",
    "yaml.resolver",
    "cel_expr_python.ext",
    "slyflow.report.problems",
)


def test_good_files_are_counted(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(GOOD)
    ended = command.slyflow("validate", "b.yaml", "a.yaml", "a.yaml", cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "2 files checked: no problems\n", "")


def test_all_problems_of_all_files_are_printed_in_order(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(
        GOOD.replace("outputs.x", "outputs.z").replace("slyflow: 1", "slyflow: 1\nnmae: x")
    )
    (tmp_path / "a.yaml").write_text("slyflow: 1\n")
    ended = command.here("validate", "b.yaml", "missing.yaml", "a.yaml", cwd=tmp_path)
    assert ended.returncode == 2
    files = [line.split(":")[0] for line in ended.stdout.splitlines()[:-1] if line[0] != " "]
    assert files == sorted(files)
    assert set(files) == {"a.yaml", "b.yaml", "missing.yaml"}
    assert 'unknown key "nmae"' in ended.stdout
    assert "did you mean" in ended.stdout
    assert "missing.yaml:1:1: there is no such file" in ended.stdout
    assert ended.stdout.splitlines()[-1].startswith("3 files checked: ")


def test_a_warning_is_an_error_only_when_strict(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "slyflow: 1\nsecrets: [KEY]\nsteps:\n  one:\n    app: a/b@v1\n"
        '    arguments: {key: "${{ secrets.KEY }}"}\n'
    )
    plain = command.here("validate", "a.yaml", cwd=tmp_path)
    strict = command.here("validate", "--strict", "a.yaml", cwd=tmp_path)
    assert (plain.returncode, strict.returncode) == (0, 2)
    assert "1 warning" in plain.stdout.splitlines()[-1]


def test_opinions_are_warnings_and_matters_of_taste_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "slyflow: 1\nsecrets: [KEY]\nsteps: {one: {app: a/b@v1, workspace: 7}}\n"
    )
    runs = [
        command.here("validate", *options, "a.yaml", cwd=tmp_path)
        for options in ((), ("--pedantic",), ("--pedantic", "--strict"))
    ]
    assert [run.stdout.splitlines()[-1].partition(": ")[2] for run in runs] == [
        "1 warning",
        "2 warnings",
        "2 errors",
    ]
    assert [run.returncode for run in runs] == [0, 0, 2]


def test_odd_names_are_names(tmp_path: Path) -> None:
    names = ("-rf", "--online", "a\nb.yaml", "ü.yaml", "x" * 200 + ".yaml")
    for name in names:
        (tmp_path / name).write_text(GOOD)
    ended = command.slyflow("validate", "--", *names, cwd=tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "5 files checked: no problems\n", "")
    long = command.slyflow("validate", "y" * 4096, "", cwd=tmp_path)
    assert long.returncode == 2
    assert "Traceback" not in long.stderr


def test_a_hostile_name_reaches_the_terminal_as_text(tmp_path: Path) -> None:
    ended = command.here(
        "validate", "\x1b[2J::error::x.yaml", cwd=tmp_path, environ={"GITHUB_ACTIONS": "true"}
    )
    assert ended.returncode == 2
    assert "\x1b" not in ended.stdout
    assert not ended.stdout.startswith("::")


@pytest.mark.parametrize("apps", ["unknown", "in folders", "locked"])
def test_it_imports_nothing_heavy(apps: str, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("slyflow: 1\nsteps:\n  a: {app: me/export@v1, target: {project: 1}}\n")
    file = str(tmp_path / "p.yaml")
    if apps == "in folders":
        file = "pipelines/quickstart.yaml"
    elif apps == "locked":
        (tmp_path / "p.yaml").write_text("slyflow: 1\nsteps:\n  a: {app: me/export, target: {project: 1}}\n")
        (tmp_path / "slyflow.lock").write_text(lock_text(LOCK))
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import json, os\n"
        "from slyflow.cli import main\n"
        "from slyflow.cli.console import Console\n"
        "from slyflow.cli.context import Context\n"
        "context = Context(Console(sys.stderr, sys.stderr, {}), {}, os.getcwd(), os.urandom)\n"
        "assert main.main(['validate', sys.argv[1]], context) == 0\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, file],
        cwd=Path(__file__).parent.parent.parent,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(ended.stdout))
    assert "slyflow.cli.commands.validate" in modules
    assert ({"slyflow.catalog.lockcheck", "slyflow.catalog.lockreader"} <= modules) is (apps == "locked")
    assert ("slyflow.catalog.folderapp" in modules) is (apps == "in folders")
    assert apps != "unknown" or not any(
        name.startswith("slyflow.catalog.") for name in modules - {"slyflow.catalog.lockfile"}
    )
    packages = {name.partition(".")[0] for name in modules}
    assert {name for name in packages if not name.startswith("_")} <= LIGHT
    assert modules.isdisjoint(HEAVY_PARTS)


FORMS = ("text", "json", "github", "sarif", "junit")


@pytest.mark.parametrize("form", FORMS)
def test_the_same_files_give_the_same_bytes(form: str, tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / name).write_text(
            "slyflow: 1\nnmae: x\nsteps: {a: {app: x/y, node: {icon: nothing}}, a: 1}\n"
        )
    (tmp_path / "good.yaml").write_text(GOOD)
    runs = [
        command.slyflow("validate", "--format", form, *names, cwd=tmp_path, environ={"PYTHONHASHSEED": seed})
        for seed, names in (
            ("1", ("a.yaml", "b.yaml", "good.yaml")),
            ("2", ("good.yaml", "b.yaml", "a.yaml", "b.yaml")),
        )
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.count("SLY014") >= 2
    assert [run.returncode for run in runs] == [2, 2]
    assert runs[0].stderr == ""


def test_documents_hold_nothing_but_the_document(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    for form in ("json", "sarif"):
        ended = command.here("validate", "--format", form, "a.yaml", cwd=tmp_path)
        assert ended.returncode == 0
        json.loads(ended.stdout)
    ended = command.here("validate", "--format", "junit", "a.yaml", cwd=tmp_path)
    assert ElementTree.fromstring(ended.stdout).get("failures") == "0"


def test_annotations_are_obeyed_in_a_workflow_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / "::error::x.yaml").write_text("slyflow: 1\n'::stop-commands::x': 1\nsteps: {}\n")
    ended = command.here(
        "validate", "--format", "github", "::error::x.yaml", cwd=tmp_path, environ={"GITHUB_ACTIONS": "true"}
    )
    orders = [line for line in ended.stdout.splitlines() if line.startswith("::")]
    assert len(orders) == 2
    assert all(line.startswith("::error file=%3A%3Aerror%3A%3Ax.yaml,") for line in orders)


def test_strict_makes_errors_of_warnings_in_every_format(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('slyflow: 1\nsteps: {a: {values: {x: "a\u200bb"}}}\n')
    plain = command.here("validate", "--format", "json", "a.yaml", cwd=tmp_path)
    strict = command.here("validate", "--format", "json", "--strict", "a.yaml", cwd=tmp_path)
    assert [json.loads(run.stdout)["problems"][0]["severity"] for run in (plain, strict)] == [
        "warning",
        "error",
    ]
    assert [plain.returncode, strict.returncode] == [0, 2]


def test_codes_link_to_their_page_where_colours_are_allowed(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("slyflow: 1\n")
    always = command.here("validate", "--color", "always", "a.yaml", cwd=tmp_path).stdout
    link = re.search(r"\x1b\]8;;file://(\S+)#sly103\x1b\\.*SLY103 missing-key.*\x1b\]8;;\x1b\\", always)
    assert link is not None
    assert 'id="sly103"' in Path(link[1]).read_text()
    assert "\x1b" not in command.here("validate", "a.yaml", cwd=tmp_path).stdout


def test_comments_ignore_what_a_lock_tells_and_are_told_where_they_ignore_nothing(tmp_path: Path) -> None:
    (tmp_path / "slyflow.lock").write_text(lock_text(LOCK))
    (tmp_path / "a.yaml").write_text(
        "slyflow: 1\nsteps:\n"
        "  a:\n    app: me/export\n    target: {project: 1}\n"
        "    arguments: {nonsense: 1}  # slyflow: ignore[argument-not-declared] it reads this too\n"
        "  b: {app: me/export, target: {project: 1}}  # slyflow: ignore[argument-type] it does not\n"
    )
    locked = json.loads(command.here("validate", "--format", "json", "a.yaml", cwd=tmp_path).stdout)
    assert [(one["line"], one["slug"]) for one in locked["problems"]] == [(7, "unused-ignore")]
    (tmp_path / "slyflow.lock").unlink()
    unlocked = json.loads(command.here("validate", "--format", "json", "a.yaml", cwd=tmp_path).stdout)
    assert "unused-ignore" not in {one["slug"] for one in unlocked["problems"]}


def test_what_is_wrong_with_a_lock_is_in_every_document(tmp_path: Path) -> None:
    (tmp_path / "slyflow.lock").write_text("no lock\n")
    (tmp_path / "z.yaml").write_text("slyflow: 1\nsteps: {}\n")
    for form in ("json", "github", "sarif", "junit"):
        ended = command.here("validate", "--format", form, "z.yaml", cwd=tmp_path)
        assert ended.stdout.index("slyflow.lock") < ended.stdout.rindex("z.yaml"), form
    report = ElementTree.fromstring(ended.stdout)
    assert report.get("failures") == str(len(report.findall(".//failure"))) == "2"
