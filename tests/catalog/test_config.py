"""Tests of slyflow.catalog.config."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog.config import fingerprint, read_description, read_interface
from slyflow.model.value import Json

EXPORT: dict[str, Json] = {
    "name": "Export",
    "headless": True,
    "min_instance_version": "6.15.40",
    "instance_version": "6.1.0",
    "modal_template_state": {"allDatasets": True, "datasets": []},
    "context_menu": {"target": ["images_project", "images_dataset"], "context_root": "Download as"},
}
AS_SERVED: dict[str, Json] = {
    "headless": True,
    "minInstanceVersion": "6.15.40",
    "modalTemplateState": {"allDatasets": True, "datasets": []},
    "contextMenu": {"target": ["images_project", "images_dataset"]},
}


@pytest.mark.parametrize("config", [EXPORT, AS_SERVED], ids=["snake_case", "camelCase"])
def test_both_spellings_say_the_same(config: dict[str, Json]) -> None:
    interface = read_interface(config)
    assert interface.targets == ("images_project", "images_dataset")
    assert interface.arguments == {"allDatasets": True, "datasets": []}
    assert (interface.headless, interface.from_ecosystem) == (True, False)
    assert interface.min_instance_version == "6.15.40"


def test_an_app_without_targets_is_launched_from_the_ecosystem() -> None:
    interface = read_interface({"name": "Serve", "entrypoint": "python -m uvicorn main:app"})
    assert (interface.targets, interface.from_ecosystem) == ((), True)
    assert (interface.arguments, interface.headless, interface.min_instance_version) == (None, False, None)


def test_the_ecosystem_is_not_a_target() -> None:
    interface = read_interface({"context_menu": {"target": ["ecosystem", "files_folder", "files_folder"]}})
    assert (interface.targets, interface.from_ecosystem) == (("files_folder",), True)


@pytest.mark.parametrize(
    ("config", "targets"),
    [
        ({"context_menu": {"target": "images_project"}}, ("images_project",)),
        ({"context_menu": {"target": ["PLACEHOLDER: input all targets here", 3, "team"]}}, ("team",)),
        ({"context_menu": None, "contextMenu": {"target": ["team"]}}, ("team",)),
        ({"context_menu": ["team"]}, ("team",)),
        ({"context_menu": {"target": {"a": 1}}}, ()),
        ({"context_menu": 3}, ()),
    ],
)
def test_odd_targets_are_read_as_far_as_they_go(config: dict[str, Json], targets: tuple[str, ...]) -> None:
    assert read_interface(config).targets == targets


@pytest.mark.parametrize(("written", "read"), [("true", True), ("False", False), (1, False), (None, False)])
def test_headless_is_only_what_says_so(written: Json, read: bool) -> None:  # noqa: FBT001 -- a parameter
    assert read_interface({"headless": written}).headless is read


@pytest.mark.parametrize(
    ("written", "read"), [(" 6.5 ", "6.5"), (6.5, "6.5"), ("", None), (True, None), ([], None)]
)
def test_versions_may_be_numbers(written: Json, read: str | None) -> None:
    assert read_interface({"instance_version": written}).min_instance_version == read


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_KEYS = ["context_menu", "contextMenu", "modal_template_state", "headless", "instanceVersion"]


@given(st.dictionaries(st.sampled_from(_KEYS), _JSON | st.fixed_dictionaries({"target": _JSON})))
def test_no_config_is_too_odd_to_read(config: dict[str, Json]) -> None:
    assert isinstance(read_interface(config).targets, tuple)


def test_both_spellings_have_one_fingerprint() -> None:
    served: dict[str, Json] = {
        "needGPU": True,
        "main_script": "a.py",
        "contextMenu": {"target": ["b", "a"]},
        "port": 8000,
    }
    ours: dict[str, Json] = {
        "port": 8000,
        "context_menu": {"target": ["b", "a"]},
        "need_gpu": True,
        "main_script": "a.py",
    }
    assert fingerprint(served) == fingerprint(ours)
    assert len(fingerprint({})) == 64


@pytest.mark.parametrize("change", [{"name": "Other"}, {"headless": False}, {"modal_template_state": {}}])
def test_another_config_has_another_fingerprint(change: dict[str, Json]) -> None:
    assert fingerprint(EXPORT) != fingerprint({**EXPORT, **change})


def test_the_fingerprint_sees_what_is_inside() -> None:
    one: dict[str, Json] = {"modal_template_state": {"modal_a": 1}}
    other: dict[str, Json] = {"modal_template_state": {"modalA": 1}}
    assert fingerprint(one) != fingerprint(other), "only the config's own keys are ours to spell"
    assert fingerprint({"a": [1]}) != fingerprint({"a": [True]})


def test_a_description_is_one_line_of_a_sane_length() -> None:
    assert read_description({"description": " Exports\n\timages \x1b[2J"}) == "Exports images"
    assert len(read_description({"description": "x" * 1000}) or "") == 300
    for nothing in ({}, {"description": ""}, {"description": 5}):
        assert read_description(nothing) is None


def test_the_restart_policy_is_read_in_both_spellings() -> None:
    assert read_interface({"restart_policy": "on_error"}).restart_policy == "on_error"
    assert read_interface({"restartPolicy": "never"}).restart_policy == "never"
    assert read_interface({"restart_policy": 5}).restart_policy is None
