"""Pipelines for tests, each expression on a line of its own so that its problems can be told apart."""

from collections.abc import Iterable, Mapping
from itertools import count

from slyflow.model.artifact import Kind
from slyflow.model.outputsource import AnySource, ExpressionSource, OutputSource
from slyflow.model.pipeline import (
    AppAction,
    AppRef,
    Need,
    OutputSpec,
    Param,
    ParamType,
    Pipeline,
    Step,
    ValuesAction,
    When,
)
from slyflow.model.value import Dynamic, Expression, Field, Fields, Json, Template
from slyflow.problem import Span

NOWHERE = Span("p.yaml", 1, 1, 1, 2)
_lines = count(2)


def cel(source: str) -> Expression:
    line = next(_lines)
    return Expression(source, Span("p.yaml", line, 5, line, 5 + len(source)))


def text(*parts: str | Expression) -> Template:
    return Template(parts, NOWHERE)


def fields(values: Mapping[str, Dynamic]) -> Fields:
    return {name: Field(value, NOWHERE, NOWHERE, lambda nowhere: nowhere) for name, value in values.items()}


def param(name: str, type_: ParamType, schema: Mapping[str, Json] | None = None) -> Param:
    return Param(name, type_, {"type": type_, **(schema or {})}, required=True, span=NOWHERE)


def output(
    name: str, kind: Kind, source: OutputSource | None = None, type_: ParamType | None = None
) -> OutputSpec:
    return OutputSpec(name, kind, source or AnySource(kind), type_, span=NOWHERE)


def value_output(name: str, value: Dynamic, type_: ParamType | None = None) -> OutputSpec:
    return output(name, Kind.VALUE, ExpressionSource(value), type_)


def app(
    name: str,
    *outputs: OutputSpec,
    arguments: Mapping[str, Dynamic] | None = None,
    needs: Iterable[str] = (),
    when: When = When.SUCCESS,
    condition: Dynamic = None,
    allow_failure: bool = False,
    is_final: bool = False,
    success_when: Dynamic = None,
    title: Dynamic = None,
) -> Step:
    action = AppAction(
        AppRef(slug="me/it", version="v1", span=NOWHERE),
        arguments=fields(arguments or {}),
        outputs={spec.name: spec for spec in outputs},
        success_when=success_when,
        title=title,
    )
    return _step(name, action, needs, when, condition, allow_failure=allow_failure, is_final=is_final)


def values(
    name: str,
    given: Mapping[str, Dynamic],
    *,
    needs: Iterable[str] = (),
    when: When = When.SUCCESS,
    condition: Dynamic = None,
    is_final: bool = False,
) -> Step:
    return _step(
        name, ValuesAction(fields(given)), needs, when, condition, allow_failure=False, is_final=is_final
    )


def _step(
    name: str,
    action: AppAction | ValuesAction,
    needs: Iterable[str],
    when: When,
    condition: Dynamic,
    *,
    allow_failure: bool,
    is_final: bool,
) -> Step:
    return Step(
        name,
        action,
        needs=tuple(Need(need, NOWHERE) for need in needs),
        when=when,
        condition=condition,
        allow_failure=allow_failure,
        is_final=is_final,
        span=NOWHERE,
    )


def pipeline(
    *steps: Step,
    params: Iterable[Param] = (),
    secrets: tuple[str, ...] = (),
    outputs: Mapping[str, Dynamic] | None = None,
) -> Pipeline:
    return Pipeline(
        "p",
        "p.yaml",
        {step.id: step for step in steps if not step.is_final},
        {step.id: step for step in steps if step.is_final},
        {one.name: one for one in params},
        secrets,
        fields(outputs or {}),
    )
