"""Tests of slyflow.catalog.target."""

import pytest

from slyflow.catalog.target import find_target
from slyflow.errors import UsageError
from slyflow.model.interface import GENERIC_TARGETS, TARGETS
from slyflow.model.value import Json


@pytest.mark.parametrize("name", sorted(TARGETS | GENERIC_TARGETS))
def test_every_target_of_the_language_is_described(name: str) -> None:
    target = find_target(name)
    assert target is not None
    assert target.by_path is name.startswith(("files_", "agent_"))
    assert target.takes.endswith("path" if target.by_path else "id")


def test_an_unknown_target_is_none() -> None:
    assert find_target("toaster") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("images_project", 7), ("files_folder", "/a"), ("agent_file", "agent://3/a.txt"), ("workspace", 1)],
)
def test_a_value_that_fits_is_returned(name: str, value: Json) -> None:
    target = find_target(name)
    assert target is not None
    assert target.checked(value) == value


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("images_project", "7", "an id"),
        ("images_project", True, "an id"),
        ("team", 0, "an id"),
        ("team", None, "an id"),
        ("files_file", 7, "a path"),
        ("files_file", "a.txt", "a path"),
        ("agent_folder", "", "a path"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(name: str, value: Json, said: str) -> None:
    target = find_target(name)
    assert target is not None
    with pytest.raises(UsageError, match=rf'target "{name}" is .*, expected {said}'):
        target.checked(value)
