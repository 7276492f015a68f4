"""The contract of `model.instance`, kept by the client over HTTP against a real embedded instance."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slyflow.client import Instance
from slyflow.errors import AuthError, NotFound, Rejected, UsageError
from slyflow.instance.process import ensure
from slyflow.model import instance as contract
from slyflow.model.artifact import Kind
from slyflow.model.interface import App
from slyflow.model.launch import Launch, Workspace
from slyflow.model.node import Edge, NodeSettings
from slyflow.model.pipeline import AgentRef, AppRef, WorkspaceRef
from slyflow.model.session import Session, Status
from slyflow.problem import Span
from slyflow.secret import Secret

HERE = Span("x.yaml", 1, 1, 1, 2)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000020000000108020000007b40e8dd"
    "0000000f49444154789c63f8cfc0f09f81010006000200a9c4b1a50000000049454e44ae426082"
)
CONFIG = {
    "name": "Worker",
    "type": "app",
    "headless": True,
    "main_script": "main.py",
    "modal_template_state": {"do": "nothing", "name": "none"},
    "context_menu": {"target": ["images_project"]},
}
# One app for all: it does what its argument says.
MAIN = """
import os, sys, time
from slyflow.client import AppContext
from slyflow.model.artifact import Kind
from slyflow.model.node import Edge

app = AppContext.from_environment(os.environ)
do = app.state["do"]
if do == "wait":
    app.log("waiting")
    time.sleep(60)
elif do == "fail":
    print("plain words before the end", flush=True)
    sys.exit(3)
elif do == "make":
    instance = app.instance
    project = instance.projects.create_project(app.workspace_id, app.state["name"])
    dataset = instance.projects.create_dataset(project, "all")
    file = instance.files.upload(app.team_id, f"/made/{app.task_id}/a.txt", b"abc")
    instance.workflow.write(Edge(app.team_id, app.task_id, "output", Kind.PROJECT, project))
    app.progress("making", 1, 2)
    app.set_output_project(project, app.state["name"])
app.log("done", level="warn")
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("instance")


@pytest.fixture(scope="module")
def instance(home: Path) -> Iterator[Instance]:
    with ensure(home / "home", slots=2) as running:
        client = Instance(running.url, running.token)
        yield client
        client.close()


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    """The folder of the pipeline, with the app beside it."""
    app = home / "pipeline" / "apps" / "worker"
    app.mkdir(parents=True)
    (app / "config.json").write_text(json.dumps(CONFIG))
    (app / "main.py").write_text(MAIN)
    return home / "pipeline"


@pytest.fixture(scope="module")
def worker(instance: Instance, folder: Path) -> App:
    return instance.catalog.app(AppRef(path="./apps/worker", span=HERE), str(folder))


@pytest.fixture(scope="module")
def space(instance: Instance) -> Workspace:
    return instance.catalog.workspace(WorkspaceRef())


Start = Callable[..., int]


def raw(instance: Instance, method: str, body: Any) -> Any:
    """Call a method that the client has no words for."""
    return instance.transport.call(method, body)


@pytest.fixture
def start(instance: Instance, worker: App, space: Workspace, request: pytest.FixtureRequest) -> Start:
    started = iter(range(100))

    def launch(do: str, **changes: Any) -> int:
        marker = f"sf-{request.node.name}-{next(started)}"
        state = {"do": do, "name": marker}
        return instance.sessions.start(
            replace(Launch(marker, worker, space, f"{marker} a title", f"marker={marker}", state), **changes)
        )

    return launch


def ended(instance: Instance, session_id: int, space: Workspace) -> Session:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        session = instance.sessions.listed([session_id], space)[session_id]
        if session.status.is_terminal:
            return instance.sessions.info(session_id)
        time.sleep(0.05)
    raise AssertionError(f"session {session_id} did not end: {instance.sessions.log(session_id)}")


def test_the_client_is_an_instance_of_the_model(instance: Instance) -> None:
    model: contract.Instance = instance
    assert model.url.startswith("http://127.0.0.1:")
    assert model.version is not None
    assert instance.embedded
    assert model.tracing is not None


def test_a_wrong_token_is_refused_everywhere(instance: Instance) -> None:
    stranger = Instance(instance.url, Secret("not-the-token"))
    with pytest.raises(AuthError) as raised:
        stranger.catalog.workspace(WorkspaceRef())
    stranger.close()
    assert "not-the-token" not in raised.value.message


def test_an_app_is_found_by_path_slug_id_and_name(instance: Instance, worker: App, folder: Path) -> None:
    refs = [
        AppRef(path="apps/worker", span=HERE),
        AppRef(slug=worker.slug, span=HERE),
        AppRef(slug=worker.slug, version=worker.version, span=HERE),
        AppRef(module_id=worker.module_id, span=HERE),
        AppRef(name="Worker", span=HERE),
    ]
    assert [instance.catalog.app(ref, str(folder)) for ref in refs] == [worker] * len(refs)
    assert worker.interface.arguments == {"do": "nothing", "name": "none"}
    assert worker.interface.targets == ("images_project",)
    assert worker.interface.headless


@pytest.mark.parametrize(
    "ref",
    [
        AppRef(slug="no/such", span=HERE),
        AppRef(module_id=999, span=HERE),
        AppRef(name="worker", span=HERE),
        AppRef(path="apps/missing", span=HERE),
    ],
)
def test_an_app_that_is_not_there_is_not_found(
    instance: Instance, folder: Path, worker: App, ref: AppRef
) -> None:
    with pytest.raises(NotFound):
        instance.catalog.app(ref, str(folder))


def test_an_unknown_version_names_the_nearest(instance: Instance, worker: App) -> None:
    with pytest.raises(NotFound, match="no such version") as raised:
        instance.catalog.app(AppRef(slug=worker.slug, version=f"{worker.version}9", span=HERE), "")
    assert worker.version in f"{raised.value.message} {raised.value.hint}"


def test_each_change_of_a_folder_is_a_release(instance: Instance, folder: Path) -> None:
    app = folder / "apps" / "changing"
    app.mkdir()
    ref = AppRef(path="apps/changing", span=HERE)
    found = []
    for name, text in (("One", "pass"), ("One", "pass"), ("Two", "pass # changed")):
        (app / "config.json").write_text(json.dumps({**CONFIG, "name": name}))
        (app / "main.py").write_text(text)
        found.append(instance.catalog.app(ref, str(folder)))
    assert found[0] == found[1]
    assert found[2].version != found[0].version
    assert found[2].name == "Two"
    assert instance.catalog.app(AppRef(slug=found[0].slug, span=HERE), "") == found[2]
    first = AppRef(slug=found[0].slug, version=found[0].version, span=HERE)
    assert instance.catalog.app(first, "") == found[0]


def test_a_workspace_is_found_by_id_and_by_name(instance: Instance, space: Workspace) -> None:
    assert instance.catalog.workspace(WorkspaceRef(id=space.id)) == space
    assert space.user_id is not None
    team = raw(instance, "teams.info", {"id": space.team_id})["name"]
    by_name = WorkspaceRef(team=team, name=raw(instance, "workspaces.info", {"id": space.id})["name"])
    assert instance.catalog.workspace(by_name) == space


@pytest.mark.parametrize("ref", [WorkspaceRef(id=999), WorkspaceRef(team="nobody", name="x")])
def test_a_workspace_that_is_not_there_is_not_found(instance: Instance, ref: WorkspaceRef) -> None:
    with pytest.raises(NotFound):
        instance.catalog.workspace(ref)


def test_an_agent_is_found_by_id_and_by_name(instance: Instance, space: Workspace) -> None:
    (listed,) = raw(instance, "agents.available", {"teamId": space.team_id})
    assert instance.catalog.agent(AgentRef(), space.team_id) is None
    assert instance.catalog.agent(AgentRef(name=listed["name"]), space.team_id) == listed["id"]
    assert instance.catalog.agent(AgentRef(id=listed["id"]), space.team_id) == listed["id"]
    for ref in (AgentRef(name="nobody"), AgentRef(id=999)):
        with pytest.raises(NotFound):
            instance.catalog.agent(ref, space.team_id)


def test_a_session_runs_to_its_end_and_tells_of_it(
    instance: Instance, start: Start, worker: App, space: Workspace
) -> None:
    session_id = start("nothing")
    session = ended(instance, session_id, space)
    assert session.status is Status.FINISHED
    assert (session.module_id, session.workspace_id) == (worker.module_id, space.id)
    assert session.created_by == space.user_id
    assert "a title" in session.marker_text
    assert [(line.message, line.level) for line in instance.sessions.log(session_id)][-1] == ("done", "warn")
    assert len(instance.sessions.log(session_id, limit=1)) == 1


def test_a_failing_session_ends_in_error_with_its_words(
    instance: Instance, start: Start, space: Workspace
) -> None:
    session_id = start("fail")
    assert ended(instance, session_id, space).status is Status.ERROR
    assert "plain words before the end" in [line.message for line in instance.sessions.log(session_id)]


def test_a_session_is_found_by_its_marker_above_the_watermark_alone(
    instance: Instance, start: Start, space: Workspace
) -> None:
    before = instance.sessions.newest(space.id)
    session_id = start("nothing")
    session = instance.sessions.info(session_id)
    marker = session.marker_text.split()[0]
    assert [found.id for found in instance.sessions.marked(marker, space, before)] == [session_id]
    assert list(instance.sessions.marked(marker, space, session_id)) == []
    assert list(instance.sessions.marked("sf-unheard-of", space, 0)) == []
    assert [found.id for found in instance.sessions.bearing([marker], space, before)] == [session_id]
    assert list(instance.sessions.bearing(["sf-unheard-of"], space, 0)) == []
    assert instance.sessions.newest(space.id) == session_id


def test_one_marker_is_one_session(instance: Instance, start: Start) -> None:
    assert start("nothing", marker="sf-twice") == start("nothing", marker="sf-twice")


def test_a_session_is_stopped(instance: Instance, start: Start, space: Workspace) -> None:
    session_id = start("wait")
    for _ in range(2):
        instance.sessions.stop(session_id)
    assert ended(instance, session_id, space).status is Status.STOPPED


def test_sessions_are_listed_together_and_unknown_ones_left_out(
    instance: Instance, start: Start, space: Workspace
) -> None:
    ids = [start("nothing") for _ in range(3)]
    assert sorted(instance.sessions.listed([*ids, 99999], space)) == ids
    with pytest.raises(NotFound):
        instance.sessions.info(99999)


def test_a_launch_that_cannot_be_is_rejected(instance: Instance, start: Start, worker: App) -> None:
    with pytest.raises(Rejected):
        start("nothing", app=replace(worker, module_id=999))
    with pytest.raises(Rejected):
        start("nothing", app=replace(worker, version="main", is_branch=True))


def test_a_state_field_is_read_and_absent_ones_are_none(instance: Instance, start: Start) -> None:
    session_id = start("nothing")
    fields = [{"field": "data", "payload": {"x": [1, 2]}}]
    raw(instance, "tasks.data.set", {"taskId": session_id, "fields": fields})
    assert instance.sessions.state(session_id, "data.x") == [1, 2]
    assert instance.sessions.state(session_id, "data.y") is None


def test_what_a_session_made_is_traced_to_it(instance: Instance, start: Start, space: Workspace) -> None:
    session_id = start("make")
    session = ended(instance, session_id, space)
    assert session.status is Status.FINISHED, instance.sessions.log(session_id)
    project = session.output["project"]
    assert isinstance(project, dict)
    traces = instance.tracing.traces(session_id) if instance.tracing else contract.Traces()
    made = {artifact.kind: artifact for artifact in traces.created}
    assert [artifact.kind for artifact in traces.written] == [Kind.PROJECT]
    assert traces.written[0].id == project["id"] == made[Kind.PROJECT].id
    assert made[Kind.DATASET].name == "all"
    assert made[Kind.FILE].path == f"/made/{session_id}/a.txt"
    assert traces.edges == {(session_id, "output", "project", str(project["id"]))}


def test_an_edge_is_written_as_the_model_says(instance: Instance, start: Start, space: Workspace) -> None:
    session_id = start("nothing")
    look = NodeSettings(title="A <b>", icon="file", icon_color="#111111", icon_bg_color="#222222")
    edge = Edge(space.team_id, session_id, "input", Kind.FOLDER, "/in/", node=look)
    for _ in range(2):
        instance.workflow.write(edge)
    instance.workflow.write(
        Edge(space.team_id, session_id, "output", Kind.APP_SESSION, session_id, card=look)
    )
    rows = raw(instance, "embedded.edges", {"taskId": session_id})
    assert [(row["direction"], row["type"], row["id"], row["node"]) for row in rows] == [
        ("input", "folder", "/in/", {"type": "task", "id": session_id}),
        ("output", "app_session", session_id, {"type": "task", "id": session_id}),
    ]
    settings = rows[0]["meta"]["customNodeSettings"]
    assert settings["title"] == "<h4>A &lt;b&gt;</h4>"
    assert rows[1]["meta"] == {"customRelationSettings": settings}
    assert instance.tracing is not None
    assert edge.key in instance.tracing.traces(session_id).edges


def test_an_edge_of_nothing_is_rejected(instance: Instance, space: Workspace) -> None:
    with pytest.raises(Rejected):
        instance.workflow.write(Edge(space.team_id, 99999, "input", Kind.PROJECT, 1))


def test_files_are_written_listed_read_and_removed(instance: Instance, space: Workspace) -> None:
    team = space.team_id
    uploaded = [
        instance.files.upload(team, path, content)
        for path, content in [
            ("/f/a.txt", b"a" * 10),
            ("/f/sub/б ü.bin", bytes(range(256))),
            ("/f/empty", b""),
        ]
    ]
    listed = {file.path: file for file in instance.files.files(team, "/f/")}
    assert sorted(listed) == ["/f/a.txt", "/f/empty", "/f/sub/б ü.bin"]
    assert [listed[file.path] for file in uploaded] == uploaded
    assert instance.files.file(uploaded[0].id) == uploaded[0]
    assert [file.size for file in uploaded] == [10, 256, 0]
    assert instance.files.read(team, "/f/sub/б ü.bin", 256) == bytes(range(256))
    with pytest.raises(Exception, match="more than 9 bytes"):
        instance.files.read(team, "/f/a.txt", 9)
    instance.files.remove(team, "/f/a.txt")
    with pytest.raises(NotFound):
        instance.files.file(uploaded[0].id)
    assert list(instance.files.files(team, "/nowhere/")) == []


def test_projects_and_datasets_are_made_and_found(instance: Instance, space: Workspace) -> None:
    project = instance.projects.create_project(space.id, "fruit", description="ripe")
    train = instance.projects.create_dataset(project, "train")
    inner = instance.projects.create_dataset(project, "inner", parent_id=train)
    assert instance.projects.artifact(Kind.PROJECT, project).name == "fruit"
    assert project in [found.id for found in instance.projects.projects(space.id)]
    datasets = instance.projects.datasets(project)
    assert sorted((found.id, found.name) for found in datasets) == [(train, "train"), (inner, "inner")]
    assert instance.projects.artifact(Kind.DATASET, inner) in datasets
    with pytest.raises(Rejected):
        instance.projects.create_project(space.id, "fruit")
    with pytest.raises(NotFound):
        instance.projects.artifact(Kind.PROJECT, 99999)
    with pytest.raises(NotFound):
        instance.projects.version_id(project, 1)


def test_a_session_is_an_artifact_too(instance: Instance, start: Start) -> None:
    session_id = start("nothing")
    found = instance.projects.artifact(Kind.TASK, session_id)
    assert (found.kind, found.id, found.url) == (Kind.TASK, session_id, f"/apps/sessions/{session_id}")


def test_labelled_images_come_back_as_they_went(instance: Instance, space: Workspace) -> None:
    project = instance.projects.create_project(space.id, "labelled")
    dataset = instance.projects.create_dataset(project, "all")
    apple = {"title": "apple", "shape": "rectangle", "color": "#FF0000"}
    meta = instance.projects.set_meta(project, {"classes": [apple], "tags": [], "projectType": "images"})
    assert meta == instance.projects.meta(project)
    uploaded = instance.images.upload(dataset, [("a.png", PNG), ("b.png", PNG)])
    assert [(image.name, image.width, image.height) for image in uploaded] == [
        ("a.png", 2, 1),
        ("b.png", 2, 1),
    ]
    assert list(instance.images.list(dataset)) == list(uploaded)
    assert instance.images.download(uploaded[1].id) == PNG
    label = {
        "classTitle": "apple",
        "geometryType": "rectangle",
        "points": {"exterior": [[0, 0], [2, 1]], "interior": []},
        "tags": [],
    }
    annotation: dict[str, Any] = {
        "description": "",
        "tags": [],
        "size": {"width": 2, "height": 1},
        "objects": [label],
    }
    instance.images.annotate(dataset, {uploaded[0].id: annotation})
    found = instance.images.annotations(dataset, [image.id for image in uploaded])
    labels: Any = found[uploaded[0].id]["objects"]
    (back,) = labels
    assert back["points"] == label["points"]
    assert back["classTitle"] == "apple"
    assert found[uploaded[1].id]["objects"] == []
    with pytest.raises(Rejected):
        instance.images.upload(dataset, [("a.png", PNG)])


def test_a_local_app_without_a_config_is_explained(instance: Instance, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no app in .*nothing"):
        instance.catalog.app(AppRef(path="nothing", span=HERE), str(tmp_path))


def test_a_name_that_fits_two_apps_lists_them(instance: Instance, folder: Path) -> None:
    for name in ("one", "two"):
        app = folder / "apps" / name
        app.mkdir()
        (app / "config.json").write_text(json.dumps({**CONFIG, "name": "Twin"}))
        (app / "main.py").write_text("pass")
        instance.catalog.app(AppRef(path=f"apps/{name}", span=HERE), str(folder))
    with pytest.raises(UsageError, match='2 apps named "Twin"') as raised:
        instance.catalog.app(AppRef(name="Twin", span=HERE), "")
    assert "one" in raised.value.message
