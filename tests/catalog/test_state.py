"""Tests of slyflow.catalog.state."""

from slyflow.catalog.state import actual_target, launch_state
from slyflow.model.interface import Interface
from slyflow.model.value import Json

DEFAULTS: dict[str, Json] = {"a": 1, "deep": {"x": [1], "y": 2}}
INTERFACE = Interface(
    ("files_file", "videos_project", "images_project", "images_dataset"), DEFAULTS, False, True
)
BARE = Interface((), None, True, True)


def test_generic_targets_stand_for_what_the_app_takes() -> None:
    assert actual_target("project", INTERFACE) == "videos_project"
    assert actual_target("dataset", INTERFACE) == "images_dataset"
    assert actual_target("images_project", INTERFACE) == "images_project"
    assert actual_target("project", BARE) == "project"


def test_arguments_replace_defaults_at_top_level_and_the_target_adds_its_key() -> None:
    state = launch_state(INTERFACE, {"images_project": 7, "files_file": "/a.txt"}, {"deep": {"z": 3}}, True)
    assert state == {"a": 1, "deep": {"z": 3}, "slyProjectId": 7, "slyFile": "/a.txt"}


def test_without_merging_only_arguments_and_target_are_sent() -> None:
    assert launch_state(INTERFACE, {"dataset": 4}, {"b": 2}, False) == {"b": 2, "slyDatasetId": 4}
    assert launch_state(BARE, {}, {"b": 2}, True) == {"b": 2}


def test_a_state_shares_nothing_with_the_interface_or_the_arguments() -> None:
    arguments: dict[str, Json] = {"list": [1]}
    state = launch_state(INTERFACE, {}, arguments, True)
    deep, numbers = state["deep"], state["list"]
    assert isinstance(deep, dict)
    assert isinstance(numbers, list)
    deep["x"].append(2)
    numbers.append(2)
    assert DEFAULTS == {"a": 1, "deep": {"x": [1], "y": 2}}
    assert arguments == {"list": [1]}
    assert launch_state(INTERFACE, {}, {}, True) == DEFAULTS
