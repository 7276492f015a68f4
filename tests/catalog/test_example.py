"""Tests of slyflow.catalog.example: what it writes is valid, and says what the app's defaults are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.catalog.config import read_interface
from slyflow.catalog.example import example
from slyflow.catalog.freezing import thawed
from slyflow.catalog.module import Module
from slyflow.model.interface import TARGETS, target_key
from slyflow.model.pipeline import AppAction, Pipeline, Step
from slyflow.model.value import Json
from slyflow.syntax.load import load_source
from slyflow.text import sanitize


def module(
    *targets: str,
    arguments: Mapping[str, Json] | None = None,
    slug: str = "owner/export-to-coco",
    version: str | None = "v2.0.1",
) -> Module:
    config: dict[str, Json] = {"modalTemplateState": arguments, "contextMenu": {"target": list(targets)}}
    return Module(
        id=5, slug=slug, name="Export", version=version, interface=read_interface(config), config=config
    )


def read(text: str) -> tuple[Pipeline, str, Step, AppAction]:
    """Return the pipeline, and its one step with id and action; there must be no problem."""
    loaded = load_source(text, "x.yaml", {})
    assert [problem.message for problem in loaded.problems] == []
    assert loaded.pipeline is not None
    ((name, step),) = loaded.pipeline.steps.items()
    assert isinstance(step.action, AppAction)
    return loaded.pipeline, name, step, step.action


def given_arguments(text: str) -> dict[str, Any]:
    action = read(text)[3]
    assert isinstance(action.arguments, Mapping)
    return {name: field.value for name, field in action.arguments.items()}


def test_the_step_is_written_out() -> None:
    app = module(
        "images_project", "images_dataset", arguments={"all": True, "on": {"a": [1, "x"]}, "odd key": ""}
    )
    assert example(app) == (
        "slyflow: 1\n"
        "params:\n"
        '  project: {type: integer, description: "a project of images: its id"}\n'
        "steps:\n"
        "  export_to_coco:\n"
        "    app: owner/export-to-coco@v2.0.1\n"
        '    target: {images_project: "${{ params.project }}"}\n'
        "    arguments:\n"
        "      all: true\n"
        '      on: {"a": [1, "x"]}\n'
        '      "odd key": ""\n'
    )
    read(example(app))


def test_an_app_without_target_or_arguments_is_its_name() -> None:
    assert (
        example(module()) == "slyflow: 1\nsteps:\n  export_to_coco:\n    app: owner/export-to-coco@v2.0.1\n"
    )
    read(example(module("ecosystem", "team")))


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_every_target_becomes_a_param(target: str) -> None:
    pipeline, _, _, action = read(example(module(target, arguments={target_key(target): 0, "a": 1})))
    assert len(pipeline.params) == 1
    assert isinstance(action.target, Mapping)
    assert list(action.target) == [target]
    assert given_arguments(example(module(target, arguments={target_key(target): 0, "a": 1}))) == {"a": 1}


@pytest.mark.parametrize(
    ("slug", "version", "step"),
    [
        ("o/RT-DETRv2/train", "v1.0.30", "train"),
        ("o/2d-to-3d", "1.10", "run_2d_to_3d"),
        ("o/true", None, "run_true"),
        ("o/" + "x" * 90, "v1", "x" * 63),
        ("o/---", "v1", "run"),
        ("no slug", "v1", "no_slug"),
        ("", "feature/x y", "run"),
        ("o/app", "feature/x y", "app"),
    ],
)
def test_odd_names_still_make_a_valid_step(slug: str, version: str | None, step: str) -> None:
    _, name, _, action = read(example(module(slug=slug, version=version)))
    assert name == step
    assert (action.app.slug, action.app.module_id) in ((slug, None), (None, 5))


TEXT = st.text(max_size=12) | st.sampled_from(
    [
        "${{ x }}",
        "$${{",
        "no",
        "1:30",
        "# x",
        "a: b",
        "\u2028",
        "\ufeff",
        "😀",
        "\x85",
        "\ufffe",
        "{{ }}",
        "- x",
    ]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=300)
@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_whatever_the_defaults_are_the_step_says_the_same(arguments: dict[str, Any]) -> None:
    text = example(module("team", arguments=arguments))
    assert [sanitize(line) for line in text.split("\n")] == text.split("\n")
    for name, value in given_arguments(text).items():
        assert same(thawed(value), arguments[name])


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


@pytest.mark.parametrize(
    "value",
    [2**63, {"from_file": "/etc/passwd"}, {"deep": {"from_file": "x"}}, "x" * 900, {"${{ x }}": 1}, "\ud800"],
)
def test_what_a_pipeline_cannot_hold_is_left_to_the_defaults(value: Json) -> None:
    assert given_arguments(example(module("team", arguments={"odd": value, "a": 1}))) == {"a": 1}
    deep: Json = 1
    for _ in range(40):
        deep = [deep]
    assert given_arguments(example(module("team", arguments={"odd": deep, "a": 1}))) == {"a": 1}


def test_the_written_step_is_read_from_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(example(module("team", arguments={"words": "é ✓"})), "utf-8")
    read((tmp_path / "x.yaml").read_text("utf-8"))
