"""Which rules a pipeline is held against: each is imported only for one that it could speak about."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from slyflow.graph.dag import Dag
from slyflow.lint.subject import Subject
from slyflow.model.pipeline import AppAction, Pipeline, Step, ValuesAction, When
from slyflow.model.value import Dynamic, Expression
from slyflow.problem import Problem
from slyflow.syntax.expression.mention import expressions

if TYPE_CHECKING:
    from slyflow.catalog.lock import Lock


def _has_params(pipeline: Pipeline) -> bool:
    return bool(pipeline.params)


def _has_secrets(pipeline: Pipeline) -> bool:
    return bool(pipeline.secrets)


def _has_conditions(pipeline: Pipeline) -> bool:
    return any(
        step.when is When.FAILURE or _may_be_constant(step.condition) for step in pipeline.all_steps.values()
    )


def _may_be_constant(condition: Dynamic) -> bool:
    if isinstance(condition, Expression):
        return "steps." in condition.source or "." not in condition.source
    return condition is False


def _may_lack_outputs(pipeline: Pipeline) -> bool:
    return any(map(_hands_on, pipeline.final_steps.values())) or any(
        step.when is not When.SUCCESS or step.allow_failure or _has_optional(step)
        for step in pipeline.steps.values()
    )


def _hands_on(final: Step) -> bool:
    if isinstance(final.action, AppAction):
        return True
    return any(
        "steps." in expression.source
        for field in final.action.values.values()
        for expression in expressions(field.value)
    )


def _has_optional(step: Step) -> bool:
    return isinstance(step.action, AppAction) and any(one.optional for one in step.action.outputs.values())


def _has_outputs(pipeline: Pipeline) -> bool:
    return any(
        _has_optional(step) or (isinstance(step.action, ValuesAction) and len(step.action.values) > 1)
        for step in pipeline.all_steps.values()
    )


def _has_targets(pipeline: Pipeline) -> bool:
    return any(
        isinstance(step.action, AppAction)
        and isinstance(step.action.target, Mapping)
        and (len(step.action.target) > 1 or _sets_target(step.action))
        for step in pipeline.all_steps.values()
    )


def _sets_target(action: AppAction) -> bool:
    given = action.arguments
    return isinstance(given, Mapping) and any(name.startswith("sly") for name in given)


def _has_loose_apps(pipeline: Pipeline) -> bool:
    return any(
        isinstance(step.action, AppAction)
        and step.action.app.version is None
        and step.action.app.path is None
        for step in pipeline.all_steps.values()
    )


_RULES: Mapping[str, Callable[[Pipeline], bool]] = {
    "unused_param": _has_params,
    "unused_secret": _has_secrets,
    "unused_output": _has_outputs,
    "never_runs": _has_conditions,
    "missing_output": _may_lack_outputs,
    "target_twice": _has_targets,
    "unpinned_app": _has_loose_apps,
}
_PEDANTIC = ("literal_id",)


def lint(pipeline: Pipeline, dag: Dag, lock: "Lock | None", *, pedantic: bool) -> list[Problem]:
    """Return what there is against a pipeline without errors, with `pedantic` matters of taste too."""
    names = [name for name, may_speak in _RULES.items() if may_speak(pipeline)]
    subject = Subject(pipeline, dag, lock)
    return [
        problem for name in (*names, *(_PEDANTIC if pedantic else ())) for problem in _rule(name)(subject)
    ]


def _rule(name: str) -> Callable[[Subject], Iterator[Problem]]:
    find: Callable[[Subject], Iterator[Problem]] = import_module(f"slyflow.lint.rules.{name}").find
    return find
