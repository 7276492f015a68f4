"""What the tests of the quickstart share: an embedded instance, and sessions of the apps on it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow.client import Instance
from slyflow.instance.process import ensure
from slyflow.model.launch import Launch, Workspace
from slyflow.model.pipeline import AppRef, WorkspaceRef
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.problem import Span
from tests.pipelines.loading import APPS

SECONDS = 60.0


class Bench:
    """An instance that the apps run on, as real processes."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.workspace: Workspace = instance.catalog.workspace(WorkspaceRef())
        self._launches = 0

    def run(self, app: str, **state: Json) -> Session:
        """Return an ended session of one app that was started with `state`."""
        self._launches += 1
        marker = f"test {app} {self._launches}"
        found = self.instance.catalog.app(AppRef(path=app, span=Span("x.yaml", 1, 1, 1, 2)), str(APPS))
        arguments = {**(found.interface.arguments or {}), **state}
        launch = Launch(marker, found, self.workspace, marker, marker, arguments)
        session_id = self.instance.sessions.start(launch)
        deadline = time.monotonic() + SECONDS
        while not (session := self.instance.sessions.info(session_id)).status.is_terminal:
            assert time.monotonic() < deadline, f"{marker} does not end"
            time.sleep(0.05)
        return session

    def project(self, app: str, **state: Json) -> int:
        """Return the project that a session of one app made."""
        session = self.run(app, **state)
        project = session.output.get("project")
        assert isinstance(project, dict), self.log(session)
        assert isinstance(project["id"], int)
        return project["id"]

    def log(self, session: Session) -> str:
        """Return what a session said, one line a message with its level before it."""
        lines = self.instance.sessions.log(session.id)
        return "\n".join(f"{line.level}: {line.message}" for line in lines if line.message != "progress")

    def datasets(self, project_id: int) -> dict[str, int]:
        """Return the datasets of a project by name."""
        found = self.instance.projects.datasets(project_id)
        return {str(dataset.name): dataset.id for dataset in found if dataset.id is not None}

    def read(self, path: str) -> bytes:
        """Return a file in Team Files."""
        return self.instance.files.read(self.workspace.team_id, path, 1 << 26)


@pytest.fixture(scope="package")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    home: Path = tmp_path_factory.mktemp("instance") / "home"
    with ensure(home, slots=2) as running:
        instance = Instance(running.url, running.token)
        yield Bench(instance)
        instance.close()
