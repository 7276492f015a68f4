"""A check does nothing but read: no network, no process, no write, no code or file that is not its own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from slyflow.catalog.locktext import lock_text
from tests.catalog.locks import LOCK
from tests.cli.test_validate import FORMS, GOOD
from tests.unmeasured import environment

BAD = Path(__file__).parent.parent / "cases" / "bad"
# What a check may import: its own, its three libraries, and of Python's what can do no harm by itself.
GUARD = """\
import os, sys
sys.path = [path for path in sys.path if path]
HARMFUL = {
    "asyncio", "ctypes", "ftplib", "http", "multiprocessing", "smtplib", "socket", "socketserver", "sqlite3",
    "ssl", "subprocess", "telnetlib", "tempfile", "venv", "webbrowser", "xmlrpc",
}
OWN = {"slyflow", "yaml", "_yaml", "cel_expr_python", "networkx"}
LOADING = []
ACTS = (
    "socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.fork", "os.system", "os.spawn", "pty.",
    "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.chown", "os.link", "os.symlink",
    "os.truncate", "os.utime", "os.putenv", "os.kill", "shutil.", "ctypes.", "sqlite3.", "urllib.", "http.",
)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
ROOTS = tuple(
    os.path.realpath(path) + os.sep
    for path in (os.getcwd(), os.environ["PACKAGE"], sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path)
    if os.path.isdir(path)
)
def guard(event, arguments):
    if event.startswith(ACTS):
        raise PermissionError(f"{event} {arguments}")
    if event == "import" and not LOADING:
        package = arguments[0].partition(".")[0]
        if package not in OWN and (package in HARMFUL or package not in sys.stdlib_module_names):
            raise PermissionError(f"import {arguments[0]}")
        if arguments[0] == "networkx" and "networkx" not in sys.modules:
            # Only a file asks for it whose steps need later ones. It imports what it never uses here.
            LOADING.append(arguments[0])
            import networkx
            LOADING.clear()
    if event == "open" and not isinstance(arguments[0], int):
        path, mode, flags = arguments
        if (mode and set(mode) & set("wax+")) or (flags or 0) & WRITING:
            raise PermissionError(f"write {path}")
        if not os.path.realpath(os.fsdecode(path)).startswith(ROOTS):
            raise PermissionError(f"read {path}")
sys.addaudithook(guard)
sys.argv = ["slyflow", *sys.argv[1:]]
from slyflow.cli.main import entry_point
entry_point()
"""
OUTSIDE = """\
slyflow: 1
steps:
  a:
    app: a/b@v1
    arguments:
      one: {from_file: ../secret.txt}
      two: {from_file: link.txt}
      three: {from_file: environ}
      four: {from_file: /etc/passwd}
      five: {from_file: zero}
      six: {from_file: fifo}
      seven: {from_file: folder}
"""


def _validate(
    folder: Path, *arguments: str, before: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    import slyflow

    return subprocess.run(
        [*before, sys.executable, "-B", "-c", GUARD, "validate", *arguments],
        cwd=folder,
        env={**environment(), "PACKAGE": str(Path(slyflow.__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("form", FORMS)
def test_it_does_nothing_but_read_whatever_is_wrong(form: str, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    shutil.copytree(BAD, repository)
    for trap in ("yaml.py", "sitecustomize.py", "slyflow.py", "conftest.py", "cel_expr_python.py", "json.py"):
        (repository / trap).write_text("raise SystemExit('imported from the working directory')\n")
    (repository / ".env").write_text("API_TOKEN=from-the-folder\n")
    (repository / "pyproject.toml").write_text("[tool.slyflow]\nplugins = ['os']\n")
    before = sorted(path.name for path in repository.iterdir())
    names = sorted(path.name for path in repository.glob("*.yaml"))
    ended = _validate(repository, "--format", form, *names)
    assert (ended.returncode, ended.stderr) == (2, "")
    assert "SLY304" in ended.stdout
    assert sorted(path.name for path in repository.iterdir()) == before


def test_the_guard_itself_refuses(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text(GOOD)
    (tmp_path / "repository").mkdir()
    outside = _validate(tmp_path / "repository", "../secret.yaml")
    assert outside.returncode != 0
    assert "secret.yaml" in outside.stdout + outside.stderr


def test_what_lies_outside_of_the_repository_is_neither_read_nor_quoted(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (repository / "folder").mkdir()
    (tmp_path / "secret.txt").write_text("hush-hush")
    (repository / "link.txt").symlink_to(tmp_path / "secret.txt")
    (repository / "environ").symlink_to("/proc/self/environ")
    (repository / "zero").symlink_to("/dev/zero")
    subprocess.run(["mkfifo", str(repository / "fifo")], check=True)
    (repository / "a.yaml").write_text(OUTSIDE)
    ended = _validate(repository, "a.yaml")
    assert (ended.returncode, ended.stderr) == (2, "")
    assert ended.stdout.count("SLY114") == 7
    assert "hush" not in ended.stdout
    assert "PermissionError" not in ended.stdout


def test_an_app_outside_of_the_repository_is_neither_read_nor_looked_for(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "config.json").write_text('{"hush-hush": ')
    (repository / "link").symlink_to(tmp_path / "outside")
    for name, target in {"environ": "/proc/self/environ", "zero": "/dev/zero", "none": "/nowhere"}.items():
        (repository / name).mkdir()
        (repository / name / "config.json").symlink_to(target)
    (repository / "fifo").mkdir()
    subprocess.run(["mkfifo", str(repository / "fifo" / "config.json")], check=True)
    paths = ("../outside", "link", "../nowhere", "/etc", "environ", "zero", "none", "fifo")
    steps = "".join(f"  s{number}: {{app: {{path: {path}}}}}\n" for number, path in enumerate(paths))
    (repository / "a.yaml").write_text(f"slyflow: 1\nsteps:\n{steps}")
    ended = _validate(repository, "a.yaml")
    assert (ended.returncode, ended.stderr) == (2, "")
    assert [line[:10] for line in ended.stdout.splitlines() if "SLY421" in line] == [
        "a.yaml:9:1",
        "a.yaml:10:",
    ]
    assert "hush" not in ended.stdout
    assert "PermissionError" not in ended.stdout


def test_it_needs_no_network(tmp_path: Path) -> None:
    program = shutil.which("unshare")
    if (
        program is None
        or subprocess.run([program, "-n", "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("this machine lets nobody go without a network")
    (tmp_path / "a.yaml").write_text(GOOD)
    ended = _validate(tmp_path, "a.yaml", before=(program, "-n"))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1 file checked: no problems\n", "")


def test_a_lock_is_read_and_none_that_leads_out_of_the_repository(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".git").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("hush-hush")
    (repository / "a.yaml").write_text("slyflow: 1\nsteps:\n  a: {app: me/export, target: {project: 1}}\n")
    lock = repository / "slyflow.lock"
    lock.write_text(lock_text(LOCK))
    ended = _validate(repository, "--strict", "a.yaml")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "1 file checked: no problems\n", "")
    lock.write_text(lock_text(LOCK).replace("    ", "  \t"))
    damaged = _validate(repository, "a.yaml")
    assert (damaged.returncode, damaged.stderr) == (2, "")
    assert "SLY419" in damaged.stdout
    for target in (tmp_path / "secret.txt", Path("/dev/zero"), Path("/proc/self/environ")):
        lock.unlink()
        lock.symlink_to(target)
        refused = _validate(repository, "a.yaml")
        assert (refused.returncode, refused.stderr) == (2, "")
        assert "the lock cannot be read: it is a link" in refused.stdout
        assert "hush" not in refused.stdout
