"""The SDK and our client ask the embedded instance about modules and apps, and learn the same."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slyflow.catalog.freezing import thawed
from slyflow.client import WORKFLOW, WORKFLOW_JOBS, Filter, Instance, Module, Support, TeamApp
from slyflow.errors import NotFound, UsageError
from slyflow.model.session import Session, Status
from slyflow.secret import Secret
from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
app_api: Any = sly.api.app_api
pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def instance(judge: Judge) -> Iterator[Instance]:
    opened = Instance(judge.url, Secret(judge.token))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def patient(judge: Judge) -> Any:
    return judge.add_app("patient")


def same_module(theirs: Any, ours: Module) -> bool:
    """Whether the SDK's ModuleInfo and our Module say the same."""
    return (
        (theirs.id, theirs.slug, theirs.name, theirs.type) == (ours.id, ours.slug, ours.name, ours.kind)
        and (theirs.readme, theirs.repo, theirs.github_repo)
        == (ours.readme, ours.repository_url, ours.repository)
        and (theirs.created_at, theirs.updated_at) == (ours.created_at, ours.updated_at)
        and [release["version"] for release in theirs.meta["releases"]]
        == [release.version for release in ours.releases]
        and theirs.get_context_menu_targets()
        == [*(["ecosystem"] if ours.from_ecosystem else []), *ours.targets]
        and theirs.get_modal_window_arguments()
        == {one.name: thawed(one.default) for one in ours.modal_arguments}
    )


def same_app(theirs: Any, ours: TeamApp) -> bool:
    """Whether the SDK's AppInfo and our TeamApp say the same."""
    return (
        (theirs.id, theirs.module_id, theirs.slug, theirs.name)
        == (ours.id, ours.module_id, ours.slug, ours.name)
        and (theirs.disabled, theirs.is_shared, theirs.team_id)
        == (ours.is_disabled, ours.is_shared, ours.team_id)
        and (theirs.created_by_id, theirs.user_login, theirs.repo)
        == (ours.created_by, ours.user_login, ours.repository)
        and [task["id"] for task in theirs.tasks] == [session.id for session in ours.sessions]
    )


def same_session(theirs: Any, ours: Session) -> bool:
    """Whether the SDK's SessionInfo and our Session say the same."""
    return (theirs.task_id, theirs.user_id, theirs.module_id, theirs.details["status"]) == (
        ours.id,
        ours.created_by,
        ours.module_id,
        ours.status,
    )


def test_versions_and_what_they_support(judge: Judge, instance: Instance) -> None:
    assert judge.api.instance_version == instance.version
    for minimum in (WORKFLOW, WORKFLOW_JOBS, "99.0.0"):
        supported = app_api.check_workflow_compatibility(judge.api, minimum)
        assert instance.support(minimum) is (Support.YES if supported else Support.NO)


def test_a_module_is_the_same_by_id_slug_and_version(judge: Judge, instance: Instance, patient: Any) -> None:
    api = judge.api.app
    version = instance.ecosystem.module(patient.id).version
    for theirs, ours in (
        (patient, instance.ecosystem.module(patient.id)),
        (api.get_ecosystem_module_info(slug=patient.slug), instance.ecosystem.module(patient.slug)),
        (
            api.get_ecosystem_module_info(patient.id, version=version),
            instance.ecosystem.module(patient.id, version=version),
        ),
    ):
        assert same_module(theirs, ours)
    assert api.get_ecosystem_module_id(patient.slug) == instance.ecosystem.module_id(patient.slug)
    assert api.find_module_id_by_app_name("Patient") == instance.ecosystem.named("Patient").id
    assert api.get_info(patient.id)["config"] == thawed(instance.ecosystem.module(patient.id).config)
    latest = instance.ecosystem.module(patient.id).latest_release
    assert latest is not None
    assert patient.get_latest_release()["version"] == latest.version


def test_arguments_are_the_same_and_ours_stay_clean(judge: Judge, instance: Instance) -> None:
    theirs, ours = judge.add_app("patient"), instance.ecosystem.named("Patient")
    assert theirs.get_arguments(images_project=5) == ours.arguments(target={"images_project": 5})
    # The SDK hands out one map for all calls; what the first put into it is still there in the second.
    assert theirs.get_modal_window_arguments()["slyProjectId"] == 5
    assert "slyProjectId" not in ours.arguments()
    for name in ("no_such_target", "ecosystem"):
        with pytest.raises(KeyError):
            theirs.get_arguments(**{name: 5})
        with pytest.raises(UsageError):
            ours.arguments(target={name: 5})


def test_lists_are_the_same(judge: Judge, instance: Instance, patient: Any) -> None:
    judge.add_app("service")
    api = judge.api.app
    for options, ours in (
        ({}, instance.ecosystem.modules()),
        ({"search": "pat"}, instance.ecosystem.modules(search="pat")),
        ({"categories": ["development"]}, instance.ecosystem.modules(categories=["development"])),
    ):
        theirs = api.get_list_ecosystem_modules(**options)
        assert [row["id"] for row in theirs] == [module.id for module in ours]
    with pytest.raises(KeyError):
        api.get_list_ecosystem_modules(search="no such app")
    assert instance.ecosystem.modules(search="no such app") == []


def test_files_and_archives_are_the_same(
    judge: Judge, instance: Instance, patient: Any, tmp_path: Path
) -> None:
    module, api = instance.ecosystem.module(patient.id), judge.api.app
    version = module.version
    assert version is not None
    api.download_git_archive(patient.id, None, version, str(tmp_path / "theirs.tar"), log_progress=False)
    got = instance.ecosystem.download_archive(
        patient.id, version, tmp_path / "ours.tar", sha256=module.archive_sha256
    )
    content = (tmp_path / "theirs.tar").read_bytes()
    assert (tmp_path / "ours.tar").read_bytes() == content
    assert got.sha256 == hashlib.sha256(content).hexdigest()
    their_file = str(tmp_path / "theirs.json")
    api.download_git_file(patient.id, their_file, file_path="config.json", log_progress=False)
    instance.ecosystem.download_file(patient.id, tmp_path / "ours.json", file="config.json")
    assert (tmp_path / "ours.json").read_bytes() == (tmp_path / "theirs.json").read_bytes()
    sly.fs.unpack_archive(str(tmp_path / "theirs.tar"), str(tmp_path / "theirs"))
    instance.ecosystem.download_code(patient.id, version, tmp_path / "ours")
    (top,) = (tmp_path / "theirs").iterdir()
    assert tree(tmp_path / "ours") == tree(top)
    with pytest.raises(NotFound):
        instance.ecosystem.download_file(patient.id, tmp_path / "none", file="no/such.py")


def test_apps_of_the_team_and_their_sessions_are_the_same(
    judge: Judge, instance: Instance, patient: Any
) -> None:
    first, second = judge.run("patient", {}), judge.run("patient", {"words": "again"})
    api = judge.api.app
    where = [{"field": "moduleId", "operator": "=", "value": patient.id}]
    for theirs, ours in (
        (api.get_list(1), instance.apps.listed(1)),
        (api.get_list(1, filter=where), instance.apps.listed(1, where=[Filter("moduleId", patient.id)])),
        (api.get_list(1, only_running=True), instance.apps.listed(1, only_running=True)),
        (api.get_list(1, context=["team"]), instance.apps.listed(1, targets=["team"])),
        (api.get_list(1, force_all_sessions=False), instance.apps.listed(1, every_session=False)),
    ):
        assert [same_app(one, other) for one, other in zip(theirs, ours, strict=True)] == [True] * len(theirs)
    app_id = instance.apps.listed(1, where=[Filter("moduleId", patient.id)])[0].id
    assert same_app(api.get_info_by_id(app_id), instance.apps.app(app_id))
    assert api.get_info_by_id(99999) is None
    with pytest.raises(NotFound):
        instance.apps.app(99999)
    finished = sly.api.task_api.TaskApi.Status.FINISHED
    for their_sessions, our_sessions in (
        (api.get_sessions(1, patient.id), instance.apps.sessions(1, patient.id)),
        (
            api.get_sessions(1, patient.id, session_name="patient", statuses=[finished]),
            instance.apps.sessions(1, patient.id, name="patient", statuses=[Status.FINISHED]),
        ),
        (
            api.get_sessions(1, patient.id, session_name="nobody"),
            instance.apps.sessions(1, patient.id, name="nobody"),
        ),
    ):
        assert all(map(same_session, their_sessions, our_sessions))
        assert len(their_sessions) == len(our_sessions)
    assert {first, second} <= {session.id for session in instance.apps.sessions(1, patient.id)}


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
