"""What `slyflow init` writes is valid and runs."""

import json
from pathlib import Path

import pytest

from tests.cli import command

PIPELINES = Path(__file__).parents[2] / "pipelines"
# Makes a project when it is launched on none, else a copy of the one that it is launched on.
COPY = """
import json, os, urllib.request
state = json.loads(os.environ["MODAL_STATE"])

def call(method, body):
    headers = {"content-type": "application/json", "x-api-key": os.environ["API_TOKEN"]}
    url = os.environ["SERVER_ADDRESS"].rstrip("/") + "/public/api/v3/" + method
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    return json.load(urllib.request.urlopen(request))

made = "copy of %s" % state["slyProjectId"] if "slyProjectId" in state else "made"
name = "%s by %s" % (made, os.environ["TASK_ID"])
body = {"workspaceId": int(os.environ["WORKSPACE_ID"]), "name": name, "type": "images"}
project = call("projects.add", body)
output = {"project": {"id": project["id"], "title": name}}
call("tasks.output.set", {"taskId": int(os.environ["TASK_ID"]), "output": output})
print("side", state.get("side"))
"""


def write_app(folder: Path, name: str, *targets: str) -> None:
    config = {
        "name": name.title(),
        "type": "app",
        "headless": True,
        "main_script": "main.py",
        "categories": ["images", "data operations"],
        "context_menu": {"target": list(targets)},
        "modal_template_state": {"side": 512},
    }
    (folder / name).mkdir(parents=True)
    (folder / name / "config.json").write_text(json.dumps(config))
    (folder / name / "main.py").write_text(COPY)


@pytest.fixture
def apps(tmp_path: Path) -> Path:
    write_app(tmp_path / "apps", "make", "ecosystem")
    write_app(tmp_path / "apps", "copy", "images_project")
    return tmp_path


def test_without_apps_it_writes_a_pipeline_that_runs(tmp_path: Path) -> None:
    made = command.slyflow("init", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == "wrote pipeline.yaml\nrun it with  slyflow run pipeline.yaml\n"
    checked = command.here("validate", "--strict", "pipeline.yaml", cwd=tmp_path)
    assert checked.stdout == "1 file checked: no problems\n"
    ran = command.here("run", "pipeline.yaml", "--json", "--instance", "embedded", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    assert document["outputs"] == {"summary": f"training, {document['run']}: 80 % of 42"}


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "pipeline.yaml").write_text("mine")
    refused = command.here("init", cwd=tmp_path)
    assert refused.returncode == 2
    assert "is there already" in refused.stderr
    assert (tmp_path / "pipeline.yaml").read_text() == "mine"
    assert command.here("init", "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "pipeline.yaml").read_text().startswith("# yaml-language-server: $schema=")


def test_folders_are_chained_without_an_instance_and_the_pipeline_runs(apps: Path) -> None:
    (apps / "flows").mkdir()
    made = command.here("init", "./apps/make", "./apps/copy", "--output", "flows/a.yaml", cwd=apps)
    assert (made.returncode, made.stderr) == (0, "")
    assert not (apps / ".slyflow").exists()
    text = (apps / "flows" / "a.yaml").read_text()
    assert "app: {path: ../apps/copy}" in text
    assert "side: 512" in text
    assert command.here("validate", "--strict", "flows/a.yaml", cwd=apps).returncode == 0
    ran = command.here("run", "flows/a.yaml", "--json", "--instance", "embedded", cwd=apps)
    assert ran.returncode == 0, ran.stderr
    project = json.loads(ran.stdout)["steps"]["make"]["outputs"]["project"]
    assert (project["kind"], project["name"]) == ("project", "made by 1")
    assert "side 512" in command.here("logs", "last", "copy", cwd=apps).stdout


def test_slugs_are_looked_up_and_pinned(apps: Path) -> None:
    with command.serving(apps / ".slyflow"):
        for name in ("make", "copy"):
            assert command.here("apps", "add", f"apps/{name}", cwd=apps).returncode == 0
        printed = command.here("init", "local/copy@v1.0.0", "local/copy", "--output", "-", cwd=apps)
        assert printed.returncode == 0, printed.stderr
        assert printed.stdout.count("app: local/copy@v1.0.0") == 2
        assert 'images_project: "${{ steps.copy.outputs.project }}"' in printed.stdout
        assert "slyflow run FILE -p project=…" in printed.stderr
        (apps / "b.yaml").write_text(printed.stdout)
        made = command.here("init", "local/make", "--output", "c.yaml", cwd=apps)
        project = command.here("run", "c.yaml", "--json", cwd=apps)
        assert (made.returncode, project.returncode) == (0, 0)
        missing = command.here("run", "b.yaml", cwd=apps)
        assert missing.returncode == 2
        assert "project" in missing.stderr
        ran = command.here("run", "b.yaml", "-p", "project=1", cwd=apps)
        assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("./no-such", "has no config.json"),
        ("copy", '"copy" is no slug of an app'),
        ("no/such", 'there is no app "no/such"'),
        ("apps/copy", "for the folder, write ./apps/copy"),
        ("./bad", "is not JSON"),
    ],
)
def test_what_is_no_app_is_refused_and_nothing_written(apps: Path, name: str, message: str) -> None:
    (apps / "bad").mkdir()
    (apps / "bad" / "config.json").write_text('{"name": NaN}')
    ended = command.here("init", name, "--instance", "embedded", cwd=apps)
    assert ended.returncode in (1, 2)
    assert message in ended.stderr
    assert not (apps / "pipeline.yaml").exists()


def test_apps_of_the_quickstart_make_a_valid_chain(tmp_path: Path) -> None:
    names = [str(PIPELINES / "apps" / name) for name in ("import-folder", "resize", "split", "export-coco")]
    made = command.here("init", *names, "--output", "a.yaml", cwd=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    text = (tmp_path / "a.yaml").read_text()
    assert [text.count(f"steps.{name}.outputs.project") for name in ("import_folder", "resize", "split")] == [
        1,
        1,
        1,
    ]
    assert command.here("validate", "--strict", "a.yaml", cwd=tmp_path).returncode == 0
