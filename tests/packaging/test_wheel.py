"""The wheel, installed into an empty environment outside of the checkout, is a whole slyflow."""

import json
import re
import zipfile
from email.parser import Parser
from pathlib import Path

import slyflow
from tests.cli.conftest import make_project
from tests.packaging.installed import ROOT, Installed

SCRIPTS = ROOT / "slyflow" / "cli" / "completing"
WITH_ICON = """\
slyflow: 1
steps:
  say:
    app: ecosystem/hello@v1.0.0
    node: {title: Say, icon: cloud-upload, icon_color: "#ffffff", icon_bg_color: "#2196f3"}
"""


def test_command_tells_its_version(installed: Installed, tmp_path: Path) -> None:
    done = installed.slyflow("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"slyflow {slyflow.__version__}\n")


def test_nothing_of_the_checkout_is_imported(installed: Installed, tmp_path: Path) -> None:
    found = Path(installed.evaluate("import slyflow; print(slyflow.__file__)", tmp_path))
    assert found.is_relative_to(installed.folder)


def test_schema_lies_in_the_package_as_it_is_published(installed: Installed, tmp_path: Path) -> None:
    found = Path(
        installed.evaluate("from slyflow.syntax.schema import schema_path; print(schema_path())", tmp_path)
    )
    assert found.is_relative_to(installed.folder)
    assert found.read_bytes() == (ROOT / "schemas" / "pipeline.v1.schema.json").read_bytes()


def test_scripts_of_the_shells_lie_in_the_package(installed: Installed, tmp_path: Path) -> None:
    for shell in ("bash", "fish", "zsh"):
        done = installed.slyflow("completion", shell, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, (SCRIPTS / f"slyflow.{shell}").read_text())


def test_first_pipeline_is_valid(installed: Installed, tmp_path: Path) -> None:
    assert installed.slyflow("init", cwd=tmp_path).returncode == 0
    schema = (tmp_path / "pipeline.yaml").read_text().splitlines()[0].partition("$schema=")[2]
    assert Path(schema).is_file()
    assert installed.slyflow("validate", "pipeline.yaml", cwd=tmp_path).returncode == 0


def test_good_file_is_valid(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(WITH_ICON)
    done = installed.slyflow("validate", "good.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1 file checked: no problems\n")


def test_bad_file_is_explained_with_suggestions(installed: Installed, tmp_path: Path) -> None:
    bad = WITH_ICON.replace("cloud-upload", "cloud-uplod").replace("node:", "nodes:", 1)
    (tmp_path / "key.yaml").write_text(bad)
    (tmp_path / "icon.yaml").write_text(bad.replace("nodes:", "node:"))
    done = installed.slyflow("validate", "key.yaml", "icon.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert 'unknown key "nodes" in step "say", did you mean "node"? [SLY102 unknown-key]' in done.stdout
    assert 'there is no icon "cloud-uplod", did you mean "cloud-upload"? [SLY115 unknown-icon]' in done.stdout
    told = installed.slyflow("explain", "SLY115", cwd=tmp_path)
    assert "Material Design Iconic Font" in told.stdout
    linked = installed.slyflow("validate", "--color", "always", "icon.yaml", cwd=tmp_path).stdout
    link = re.search(r"file://(\S+problems\.md)#sly115", linked)
    assert link is not None
    assert Path(link[1]).is_file()


def test_pipeline_of_a_plain_app_runs_on_the_embedded_instance(installed: Installed, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    done = installed.slyflow("run", "good.yaml", "--json", "-p", "word=lemon", cwd=project)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["status"] == "succeeded"
    assert document["outputs"] == {"told": "lemon"}
    shown = installed.slyflow("logs", "last", "say", cwd=project)
    assert "word: lemon" in shown.stdout


def test_failed_step_fails_the_run(installed: Installed, tmp_path: Path) -> None:
    project = make_project(tmp_path / "project")
    done = installed.slyflow("run", "bad.yaml", cwd=project)
    assert done.returncode == 1
    assert "about to fail" in done.stdout


def test_wheel_says_what_it_is(distributions: Path) -> None:
    (wheel,) = distributions.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        info = next(name for name in names if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(info).decode())
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert any(name.endswith("/LICENSE") for name in names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"slyflow"}
    assert "slyflow/py.typed" in names
