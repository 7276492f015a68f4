"""Tests of slyflow.catalog.check."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from slyflow.catalog.check import check_app_step
from slyflow.model.artifact import Kind
from slyflow.model.interface import App, Interface
from slyflow.model.pipeline import AppAction, AppRef, InputSpec, Step, Timeout, ValuesAction
from slyflow.model.value import Dynamic, Expression, Field, Fields, FromFile, Json, Template
from slyflow.problem import Span

HERE = Span("p.yaml", 1, 1, 1, 2)
STATE: Mapping[str, Json] = {
    "filter": "all",
    "count": 3,
    "ratio": 0.5,
    "dry": False,
    "names": [],
    "any": None,
}
TAKES_PROJECT = Interface(("images_project",), STATE, False, True)
TAKES_NOTHING = Interface((), None, True, True)


def app(interface: Interface) -> App:
    return App("me/it", 1, "v1", "It", interface)


def fields(values: Mapping[str, Dynamic]) -> Fields:
    return {name: Field(value, HERE, HERE, lambda here: here) for name, value in values.items()}


def step(
    arguments: Mapping[str, Dynamic],
    target: Mapping[str, Dynamic] | None = None,
    inputs: Mapping[str, InputSpec] | None = None,
    *,
    merge_defaults: bool = True,
) -> Step:
    action = AppAction(
        AppRef(slug="me/it", span=HERE),
        fields(target) if target is not None else None,
        fields(arguments),
        merge_defaults,
        inputs=inputs,
    )
    return Step("s", action, span=HERE)


def told(made: Step, interface: Interface) -> list[tuple[str, str]]:
    return [(problem.severity, problem.text) for problem in check_app_step(made, app(interface))]


def test_a_fitting_step_has_no_problems() -> None:
    given: dict[str, Dynamic] = {
        "filter": Template(("a", Expression("run.id", HERE)), HERE),
        "count": 4.5,
        "ratio": 1,
        "names": ["x"],
        "any": {"a": 1},
        "dry": Expression("params.dry", HERE),
        "slyProjectId": 5,
    }
    assert told(step(given, {"project": 5}), TAKES_PROJECT) == []
    assert check_app_step(Step("v", ValuesAction({}), span=HERE), app(TAKES_PROJECT)) == []


def test_a_target_that_the_app_does_not_declare_is_an_error() -> None:
    assert told(step({}, {"videos_project": 5}), TAKES_PROJECT) == [
        ("error", 'app "me/it" does not take the target "videos_project"')
    ]
    assert told(step({}, {"dataset": 5}), TAKES_PROJECT) == [
        ("error", 'app "me/it" does not take the target "dataset"')
    ]


def test_a_target_for_an_app_that_declares_none_is_a_warning() -> None:
    ((severity, message),) = told(step({}, {"project": 5}), TAKES_NOTHING)
    assert severity == "warning"
    assert "declares no targets" in message


def test_a_missing_target_is_a_warning_unless_the_app_starts_from_the_ecosystem() -> None:
    assert told(step({}), TAKES_PROJECT)[0][0] == "warning"
    assert told(step({}), Interface(("images_project",), STATE, True, True)) == []


def test_an_undeclared_argument_is_a_warning_with_a_suggestion() -> None:
    made = step({"filtre": "all"}, {"project": 5})
    assert told(made, TAKES_PROJECT) == [
        ("warning", 'app "me/it" declares no argument "filtre", did you mean "filter"?')
    ]


def test_undeclared_arguments_are_fine_where_nothing_is_declared_or_merged() -> None:
    assert told(step({"x": 1}), TAKES_NOTHING) == []
    assert told(step({"x": 1}, {"project": 5}, merge_defaults=False), TAKES_PROJECT) == []


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("count", "3", "a string, the app's default is an integer"),
        ("count", True, "a boolean, the app's default is an integer"),
        ("names", {"a": 1}, "a map, the app's default is a list"),
        ("dry", "no", "a string, the app's default is a boolean"),
    ],
)
def test_an_argument_of_another_type_than_the_default_is_a_warning(
    name: str, value: Dynamic, said: str
) -> None:
    assert told(step({name: value}, {"project": 5}), TAKES_PROJECT) == [
        ("warning", f'argument "{name}" is {said}')
    ]


def test_two_values_for_the_key_of_a_target_are_an_error() -> None:
    ((severity, message),) = told(step({"slyProjectId": 6}, {"project": 5}), TAKES_PROJECT)
    assert severity == "error"
    assert '"slyProjectId" has another value' in message
    both = told(step({}, {"project": 5, "images_project": 5}), TAKES_PROJECT)
    assert both == [("error", 'targets "project" and "images_project" both set "slyProjectId"')]


def test_an_input_named_like_an_argument_is_a_warning() -> None:
    spec = InputSpec("names", Kind.PROJECT, 5, span=HERE)
    ((severity, message),) = told(step({}, {"project": 5}, {"names": spec}), TAKES_PROJECT)
    assert severity == "warning"
    assert "inputs are not sent" in message


def test_an_app_with_a_user_interface_would_wait_for_a_click() -> None:
    ((severity, message),) = told(step({}), Interface((), None, True, False))
    assert severity == "warning"
    assert "would wait for a click" in message


def test_what_only_a_run_tells_is_not_judged() -> None:
    action = AppAction(
        AppRef(slug="me/it", span=HERE), Expression("params.t", HERE), Expression("params.a", HERE)
    )
    assert told(Step("s", action, span=HERE), TAKES_PROJECT) == []
    assert told(step({"count": FromFile("f", "json", HERE)}, {"project": 5}), TAKES_PROJECT) == []


def test_an_app_that_starts_itself_waits_for_no_click() -> None:
    shown = Interface((), {"autostart": False}, True, False)
    assert told(step({"autostart": True}), shown) == []
    assert told(step({"autostart": Expression("params.go", HERE)}), shown) == []
    assert told(step({"guiState": {}, "start_training": True}), Interface((), None, True, False)) == []
    assert told(step({}), Interface((), {"autostart": True}, True, False)) == []
    assert [severity for severity, _ in told(step({"autostart": False}), shown)] == ["warning"]
    (problem,) = check_app_step(step({}), app(shown))
    assert problem.hint == "set autostart: true, launch a headless app, or give the step timeout.run"
    off = step({}, merge_defaults=False)
    assert len(told(off, Interface((), {"autostart": True}, True, False))) == 1, "the default is not sent"


def test_a_step_with_a_limit_of_time_does_not_wait_for_ever() -> None:
    made = replace(step({}), timeout=Timeout(run=60))
    assert told(made, Interface((), None, True, False)) == []


@pytest.mark.parametrize("name", ["remove_source", "removeSource", "delete_files", "clear_all", "overwrite"])
def test_a_default_that_destroys_must_be_mentioned(name: str) -> None:
    destructive = Interface((), {name: True}, True, True)
    ((severity, message),) = told(step({}), destructive)
    assert (severity, f'"{name}: true" by default' in message) == ("warning", True)
    assert told(step({name: True}), destructive) == []
    assert told(step({}), Interface((), {name: False}, True, True)) == []


@pytest.mark.parametrize("name", ["remove_alpha_channel", "clear", "dropout", "data_all", "sourceRemoved"])
def test_other_defaults_destroy_nothing(name: str) -> None:
    assert told(step({}), Interface((), {name: True}, True, True)) == []
