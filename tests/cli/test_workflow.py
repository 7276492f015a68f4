"""Edges at the prompt, on the real embedded instance."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from slyflow.client import Instance
from tests.cli import command
from tests.cli.conftest import make_project

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Run, Instance, str]]:
    """Return the command line in a folder, its instance, and an ended session."""
    folder = make_project(tmp_path_factory.mktemp("edges") / "project")
    with command.serving(folder / ".slyflow") as address, Instance(address.url, address.token) as instance:

        def call(*arguments: str, by: command.Caller = command.here) -> subprocess.CompletedProcess[str]:
            return by(*arguments, cwd=folder)

        assert call("apps", "add", "apps/hello").returncode == 0
        started = call("session", "start", "local/hello", "--wait", "--json", by=command.slyflow)
        yield call, instance, str(json.loads(started.stdout)["id"])


def edges(instance: Instance, session: str) -> Any:
    return instance.transport.call("embedded.edges", {"taskId": int(session)})


def test_an_edge_is_written_and_told(world: tuple[Run, Instance, str]) -> None:
    run, instance, session = world
    look = ("--title", "<b>", "--icon", "image", "--icon-color", "#ffffff", "--icon-bg-color", "#000000")
    done = run(
        "workflow", "add-input", session, "project", "11", *look, "--card-title", "Lemons", by=command.slyflow
    )
    assert (done.returncode, done.stdout) == (0, f"session {session} uses project 11\n")
    (edge,) = edges(instance, session)
    assert (edge["direction"], edge["type"], edge["id"]) == ("input", "project", 11)
    assert edge["meta"]["customNodeSettings"]["title"] == "<h4>&lt;b&gt;</h4>"
    assert edge["meta"]["customRelationSettings"] == {"title": "<h4>Lemons</h4>"}
    done = run("workflow", "add-output", session, "app_session", "--json")
    assert json.loads(done.stdout) == {
        "session": int(session),
        "team": 1,
        "direction": "output",
        "kind": "app_session",
        "data": int(session),
    }
    done = run("workflow", "add-output", session, "folder", "123")
    assert done.stdout == f"session {session} made folder /123\n"


def test_a_file_is_named_by_its_path(world: tuple[Run, Instance, str], tmp_path: Path) -> None:
    run, instance, session = world
    file = instance.files.upload(1, "/models/best.pt", b"weights")
    done = run("workflow", "add-output", session, "model_weight", "/models/best.pt")
    assert done.stdout == f"session {session} made model_weight {file.id}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["add-input", "1", "value", "3"], 2, "invalid choice"),
        (["add-input", "1", "app_session", "1"], 2, "invalid choice"),
        (["add-output", "1", "project"], 2, "which project it made is not said"),
        (["add-output", "1", "project", "x"], 2, "expected an id"),
        (["add-input", "1", "project", "1", "--icon", "image"], 2, "given together"),
        (
            ["add-input", "1", "project", "1", "--url", "//evil", "--url-title", "x"],
            2,
            "no path of the instance",
        ),
        (["add-input", "1", "dataset", "1", "--project-version", "2"], 2, "goes with a project"),
        (["add-input", "1", "file", "/no/such"], 1, "no file /no/such"),
        (["add-input", "99999", "project", "1"], 1, "99999"),
        (["add-input", "1", "project", "1", "--team", "5"], 1, "does not belong to the team"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_an_edge_that_makes_no_sense_is_not_written(
    world: tuple[Run, Instance, str], arguments: list[str], code: int, said: str
) -> None:
    run, instance, session = world
    before = edges(instance, session)
    done = run("workflow", *arguments)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert edges(instance, session) == before
