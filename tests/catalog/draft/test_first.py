"""First pipelines are valid, and each app is launched on what an app before it makes, or on a param."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog.draft.chosen import Chosen, choose
from slyflow.catalog.draft.first import Draft, first_pipeline
from slyflow.cli.drafted import review
from slyflow.model.interface import TARGETS
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.model.value import Expression


def _app(name: str, *targets: str, categories: Sequence[str] = (), **config: Any) -> Chosen:
    menu = {"target": list(targets)}
    given = {"name": name, "headless": True, "context_menu": menu, "categories": list(categories), **config}
    return choose(f"me/{name}@v1.0.0", f"me/{name}", given)


IMPORT = _app("import", "files_folder", "ecosystem", categories=["Images", "Import"])
RESIZE = _app("resize", "images_project", "images_dataset", categories=["images", "data operations"])
TRACK = _app("track", "videos_project")
EXPORT = _app("export", "images_project", categories=["export"])
UNPACK = _app("unpack", "files_file")
SERVE = _app("serve", "ecosystem", categories=["serve"])


def _read(draft: Draft) -> Pipeline:
    loaded, problems = review(draft.text, draft.apps, "first.yaml")
    assert problems == [], (draft.text, problems)
    assert loaded.pipeline is not None
    return loaded.pipeline


def _targets(*apps: Chosen) -> list[dict[str, str] | None]:
    """Return what each step is launched on, as its expression says."""
    found: list[dict[str, str] | None] = []
    for step in _read(first_pipeline(apps, ())).steps.values():
        assert isinstance(step.action, AppAction)
        target = step.action.target
        if target is None:
            found.append(None)
            continue
        assert not isinstance(target, Expression)
        sources = {name: field.value for name, field in target.items()}
        found.append({name: value.source for name, value in sources.items() if isinstance(value, Expression)})
    return found


def test_apps_are_chained_by_what_they_make() -> None:
    assert _targets(IMPORT, RESIZE, EXPORT, UNPACK) == [
        None,
        {"images_project": "steps.import.outputs.project"},
        {"images_project": "steps.resize.outputs.project"},
        {"files_file": "steps.export.outputs.archive"},
    ]


def test_what_nothing_makes_is_a_param() -> None:
    assert _targets(RESIZE) == [{"images_project": "params.project"}]
    assert first_pipeline([RESIZE], ()).params == ("project",)
    assert _targets(UNPACK) == [{"files_file": "params.file"}]


def test_an_export_makes_no_project_so_the_next_takes_the_one_before() -> None:
    assert _targets(EXPORT, EXPORT) == [
        {"images_project": "params.project"},
        {"images_project": "params.project"},
    ]


def test_projects_of_another_family_are_not_handed_on() -> None:
    assert _targets(RESIZE, TRACK, EXPORT) == [
        {"images_project": "params.project"},
        {"videos_project": "params.track_project"},
        {"images_project": "steps.resize.outputs.project"},
    ]


def test_a_server_of_models_makes_nothing() -> None:
    assert _targets(SERVE, EXPORT) == [None, {"images_project": "params.project"}]


def test_arguments_are_laid_out_with_their_defaults() -> None:
    state = {"side": 512, "name": "", "model": None, "slyProjectId": 3, "big": ["x" * 100] * 30}
    text = first_pipeline([_app("a", "ecosystem", modal_template_state=state)], ("first", "second")).text
    assert text.startswith("# first\n# second\nslyflow: 1\n")
    assert (
        "    # big keeps its default, 3120 characters of JSON\n"
        "    arguments:\n"
        "      side: 512\n"
        '      name: ""\n'
        "      # model: null\n"
    ) in text
    assert "slyProjectId" not in text


@pytest.mark.parametrize(
    "odd",
    [{"pаth": 1}, {"x": 2**70}, {"x": "\ud800"}, {"x": {"a\u200b": 1}}],
    ids=["mixed", "huge", "half", "hidden"],
)
def test_a_default_that_no_pipeline_can_hold_is_left_to_the_app(odd: dict[str, Any]) -> None:
    state = {**odd, "good": 1}
    draft = first_pipeline([_app("a", "ecosystem", modal_template_state=state)], ())
    action = _read(draft).steps["a"].action
    assert isinstance(action, AppAction)
    assert not isinstance(action.arguments, Expression)
    assert list(action.arguments) == ["good"]
    assert "keeps its default" in draft.text


@pytest.mark.parametrize("state", [{}, None, {"only": None}, {"slyFolder": ""}])
def test_an_app_with_nothing_to_set_has_no_arguments(state: Any) -> None:
    pipeline = _read(first_pipeline([_app("a", "ecosystem", modal_template_state=state)], ()))
    action = pipeline.steps["a"].action
    assert isinstance(action, AppAction)
    assert action.arguments == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc_", min_size=1), inner, max_size=3)
    ),
    max_leaves=9,
)
CONFIGS = st.fixed_dictionaries(
    {"name": st.text(max_size=20), "headless": st.just(value=True)},
    optional={
        "context_menu": st.fixed_dictionaries(
            {"target": st.lists(st.sampled_from(sorted(TARGETS)), max_size=4)}
        ),
        "modal_template_state": st.dictionaries(st.text("abcS_", min_size=1), JSON, max_size=4),
        "categories": st.lists(st.sampled_from(["import", "export", "images", "videos", "train", "serve"])),
    },
)


@given(st.lists(CONFIGS, min_size=1, max_size=5))
def test_a_chain_of_any_apps_is_valid(configs: list[dict[str, Any]]) -> None:
    apps = [choose(f"me/app{place}@v1", f"me/app{place}", config) for place, config in enumerate(configs)]
    _read(first_pipeline(apps, ("head",)))
