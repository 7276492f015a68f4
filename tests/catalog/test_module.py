"""Tests of slyflow.catalog.module."""

from collections.abc import Mapping
from dataclasses import FrozenInstanceError

import pytest

from slyflow.catalog.config import read_interface
from slyflow.catalog.module import Module, Release
from slyflow.errors import UsageError
from slyflow.model.value import Json


def module(
    *targets: str, arguments: Mapping[str, Json] | None = None, releases: tuple[str, ...] = ()
) -> Module:
    config: dict[str, Json] = {"modalTemplateState": arguments, "contextMenu": {"target": list(targets)}}
    return Module(
        id=5,
        slug="owner/export",
        name="Export",
        releases=tuple(Release(version) for version in releases),
        interface=read_interface(config),
        config=config,
    )


def test_defaults_changes_and_target_become_the_state() -> None:
    app = module("images_project", arguments={"mode": "all", "deep": {"a": [1]}})
    state = app.arguments(target={"images_project": 42}, changes={"mode": "some"})
    assert state == {"mode": "some", "deep": {"a": [1]}, "slyProjectId": 42}


def test_what_is_done_to_one_state_shows_in_no_other() -> None:
    app = module("images_project", "images_dataset", arguments={"deep": {"a": [1]}})
    first = app.arguments(target={"images_project": 1})
    first["deep"]["a"].append(2)  # type: ignore[index, call-overload, union-attr]  # it is the caller's own
    first["more"] = True
    assert app.arguments(target={"images_dataset": 2}) == {"deep": {"a": [1]}, "slyDatasetId": 2}


def test_a_module_cannot_be_changed() -> None:
    app = module()
    with pytest.raises(FrozenInstanceError):
        app.name = "Other"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("target", "value", "key"),
    [
        ("agent_folder", "agent://1/data", "slyFolder"),
        ("agent_file", "/data/a.zip", "slyFile"),
        ("files_folder", "/data", "slyFolder"),
        ("files_file", "/data/a.zip", "slyFile"),
        ("meshes_project", 1, "slyProjectId"),
        ("meshes_dataset", 1, "slyDatasetId"),
        ("point_cloud_episodes_project", 1, "slyProjectId"),
        ("workspace", 1, "slyWorkspaceId"),
        ("team", 1, "slyTeamId"),
        ("team_member", 1, "slyMemberId"),
        ("labeling_job", 1, "slyJobId"),
    ],
)
def test_every_target_sets_its_key(target: str, value: Json, key: str) -> None:
    assert module(target).arguments(target={target: value}) == {key: value}


def test_a_project_is_of_the_family_that_the_app_takes() -> None:
    assert module("videos_project").arguments(target={"project": 3}) == {"slyProjectId": 3}
    with pytest.raises(UsageError, match='does not take the target "dataset"'):
        module("videos_project").arguments(target={"dataset": 3})


def test_an_app_of_the_ecosystem_needs_no_target() -> None:
    assert module("ecosystem", "team", arguments={"a": 1}).arguments() == {"a": 1}
    assert module().arguments() == {}
    with pytest.raises(UsageError, match="launched on a target") as caught:
        module("videos_project", "team").arguments()
    assert caught.value.hint == "it takes team, videos_project"


@pytest.mark.parametrize(
    ("target", "said", "hint"),
    [
        (
            {"image_project": 1},
            'take the target "image_project", did you mean "images_project"?',
            "it takes images_project",
        ),
        ({"ecosystem": 1}, 'take the target "ecosystem"', "it takes images_project"),
        ({"images_project": "1"}, "expected an id", "a project of images: its id"),
    ],
)
def test_wrong_targets_are_named_with_the_cure(target: Mapping[str, Json], said: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        module("images_project").arguments(target=target)
    assert said in caught.value.message
    assert caught.value.hint == hint


def test_two_targets_may_not_set_one_key() -> None:
    app = module("files_folder", "agent_folder", "team")
    with pytest.raises(UsageError, match="set the same key of the state, slyFolder"):
        app.arguments(target={"files_folder": "/a", "agent_folder": "/b"})
    state = app.arguments(target={"files_folder": "/a", "team": 1})
    assert state == {"slyFolder": "/a", "slyTeamId": 1}


def test_a_target_that_only_the_app_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="does not know which key"):
        module("toaster").arguments(target={"toaster": 1})


def test_a_change_of_what_is_not_declared_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match='no argument "thicknes", did you mean "thickness"'):
        module(arguments={"thickness": 2}).arguments(changes={"thicknes": 3})


def test_the_latest_release_is_the_newest_wherever_it_stands() -> None:
    assert module(releases=("v1.9.0", "v1.10.0", "v1.2.0")).latest_release == Release("v1.10.0")
    assert module().latest_release is None


def test_help_tells_arguments_and_targets() -> None:
    told = module("ecosystem", "images_project", "toaster", arguments={"n": 2}).arguments_help()
    assert told.splitlines() == [
        "Export (owner/export)",
        "it has a page of its own and may wait there for a click",
        "arguments, with kind and default:",
        "- n: integer = 2",
        "it may be launched without a target",
        "targets:",
        "- images_project: a project of images: its id",
        "- toaster: not known to slyflow",
    ]
    assert "no arguments" in module("team").arguments_help()


def test_modules_can_be_hashed() -> None:
    assert len({module(), module(), module("team", arguments={"a": []})}) == 2
