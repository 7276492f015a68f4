"""`slyflow validate` finds everything wrong, and does nothing but read."""

import json
import subprocess
import sys
from pathlib import Path

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
    ended = command.slyflow("validate", "b.yaml", "missing.yaml", "a.yaml", cwd=tmp_path)
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
    plain = command.slyflow("validate", "a.yaml", cwd=tmp_path)
    strict = command.slyflow("validate", "--strict", "a.yaml", cwd=tmp_path)
    assert (plain.returncode, strict.returncode) == (0, 2)
    assert "1 warning" in plain.stdout.splitlines()[-1]


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
    ended = command.slyflow(
        "validate", "\x1b[2J::error::x.yaml", cwd=tmp_path, environ={"GITHUB_ACTIONS": "true"}
    )
    assert ended.returncode == 2
    assert "\x1b" not in ended.stdout
    assert not ended.stdout.startswith("::")


def test_it_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "import json, os\n"
        "from slyflow.cli import main\n"
        "from slyflow.cli.console import Console\n"
        "from slyflow.cli.context import Context\n"
        "context = Context(Console(sys.stderr, sys.stderr, {}), {}, os.getcwd(), os.urandom)\n"
        "assert main.main(['validate', 'pipelines/quickstart.yaml'], context) == 0\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parent.parent.parent,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(ended.stdout))
    assert "slyflow.cli.commands.validate" in modules
    packages = {name.partition(".")[0] for name in modules}
    assert {name for name in packages if not name.startswith("_")} <= LIGHT
    assert modules.isdisjoint(HEAVY_PARTS)


def test_it_opens_no_socket_starts_no_process_and_imports_nothing_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    for trap in ("yaml.py", "sitecustomize.py", "slyflow.py", "conftest.py"):
        (tmp_path / trap).write_text("raise SystemExit('imported from the working directory')\n")
    script = (
        "import os, sys\n"
        "sys.path = [path for path in sys.path if path]\n"
        "def guard(event, arguments):\n"
        "    if event.startswith(('socket.', 'subprocess.', 'os.exec', 'os.posix_spawn', 'os.fork')):\n"
        "        raise PermissionError(event)\n"
        "    if event == 'open' and isinstance(arguments[1], str) and set(arguments[1]) & set('wax+'):\n"
        "        raise PermissionError(f'{event} {arguments}')\n"
        "sys.addaudithook(guard)\n"
        "sys.argv = ['slyflow', 'validate', 'a.yaml']\n"
        "from slyflow.cli.main import entry_point\n"
        "entry_point()\n"
    )
    before = sorted(path.name for path in tmp_path.iterdir())
    ended = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1 file checked: no problems\n", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == before
