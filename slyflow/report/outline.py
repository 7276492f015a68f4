"""The outline of a pipeline: params, steps in waves with what goes in and comes out, outputs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from slyflow.graph.dag import Dag
from slyflow.model.outputsource import (
    AnySource,
    ContentSource,
    CreatedSource,
    ExpressionSource,
    KnownSource,
    LogSource,
    NameSource,
    PathSource,
    SelfSource,
    StateSource,
    TaskSource,
)
from slyflow.model.pipeline import AppAction, OutputSpec, Param, Pipeline, Step, ValuesAction, When
from slyflow.model.value import Dynamic, Expression, Fields, FromFile, Template
from slyflow.report.line import Line, Part, columns
from slyflow.text import format_duration, plural

_INDENT = "    "


def outline(pipeline: Pipeline, dag: Dag) -> list[Line]:
    """Return the pipeline for a person: nothing is evaluated, expressions stand as written."""
    lines: list[Line] = [(Part(pipeline.name, "strong"), f"  {pipeline.description or ''}".rstrip())]
    lines += _params(pipeline.params)
    if pipeline.secrets:
        lines += [(), (Part("secrets", "strong"),), ("  " + ", ".join(sorted(pipeline.secrets)),)]
    waves = [[step for step in wave if step in pipeline.steps] for wave in dag.waves()]
    for number, wave in enumerate(filter(None, waves), 1):
        lines += _group(f"wave {number}", [pipeline.steps[step] for step in wave], dag)
    if pipeline.final_steps:
        lines += _group("finally", list(pipeline.final_steps.values()), dag)
    if pipeline.outputs:
        lines += [(), (Part("outputs", "strong"),), *_fields(pipeline.outputs, "  ")]
    return lines


def _params(params: Mapping[str, Param]) -> Iterator[Line]:
    if not params:
        return
    yield ()
    yield (Part("params", "strong"),)
    rows = [
        (
            f"  {param.name}",
            param.type,
            Part("required", "warn") if param.required else f"default {json.dumps(param.default)}",
            Part(param.description or "", "dim"),
        )
        for param in params.values()
    ]
    yield from columns(rows)


def _group(title: str, steps: Sequence[Step], dag: Dag) -> Iterator[Line]:
    yield ()
    yield (Part(title, "strong"), Part(f"  {plural(len(steps), 'step')}", "dim"))
    for step in steps:
        yield from _step(step, dag)


def _step(step: Step, dag: Dag) -> Iterator[Line]:
    match step.action:
        case AppAction():
            yield ("  ", Part(step.id, "active"), f"  {step.action.app}")
            details = [*_conditions(step, dag), *_app(step.action), *_limits(step)]
        case ValuesAction():
            yield ("  ", Part(step.id, "active"), "  values")
            details = [*_conditions(step, dag), *_fields(step.action.values, _INDENT)]
        case _:
            assert_never(step.action)
    yield from details


def _conditions(step: Step, dag: Dag) -> Iterator[Line]:
    if step.description:
        yield (_INDENT, Part(step.description, "dim"))
    needs = dag.needs(step.id)
    if needs:
        yield _detail("after", ", ".join(needs))
    if step.when is not (When.ALWAYS if step.is_final else When.SUCCESS):
        yield _detail("when", step.when.value)
    if step.condition is not None:
        yield _detail("if", written(step.condition))


def _app(action: AppAction) -> Iterator[Line]:
    for title, values in (("target", action.target), ("arguments", action.arguments)):
        if isinstance(values, Expression):
            yield _detail(title, written(values))
        elif values:
            yield (_INDENT, Part(title, "dim"))
            yield from _fields(values, _INDENT + "  ")
    for name, spec in (action.inputs or {}).items():
        yield _detail("input", f"{name}: {spec.kind.value} {written(spec.value)}")
    for name, output in action.outputs.items():
        yield _detail("output", f"{name}: {_output(output)}")
    if action.success_when is not None:
        yield _detail("success when", written(action.success_when))


def _limits(step: Step) -> Iterator[Line]:
    if step.retry.max:
        kinds = ", ".join(step.retry.kinds) or "any failure"
        yield _detail("retry", f"{plural(step.retry.max, 'further attempt')} after {kinds}")
    named = ("queue", "start", "run", "silent")
    limits = [(name, getattr(step.timeout, name)) for name in named]
    told = ", ".join(f"{name} {format_duration(limit)}" for name, limit in limits if limit is not None)
    if told:
        yield _detail("timeout", told)
    if step.allow_failure:
        yield _detail("allow failure", "steps that need it go on when it fails")


def _detail(title: str, text: str) -> Line:
    return (_INDENT, Part(title, "dim"), f"  {text}")


def _fields(fields: Fields, indent: str) -> list[Line]:
    return columns([(f"{indent}{name}", written(field.value)) for name, field in fields.items()])


def _output(spec: OutputSpec) -> str:
    optional = " (optional)" if spec.optional else ""
    kind = spec.kind.value if spec.type is None else f"{spec.kind.value} {spec.type}"
    return f"{kind}, {_source(spec)}{optional}"


def _source(spec: OutputSpec) -> str:
    """Return in words where the output will be looked for."""
    source = spec.source
    match source:
        case AnySource():
            return "from the task, or made by the session"
        case TaskSource():
            return "from the task"
        case CreatedSource():
            return "made by the session"
        case SelfSource():
            return "the session itself"
        case LogSource():
            return f"from the log by {source.regex}"
        case (
            PathSource() | NameSource() | KnownSource() | ExpressionSource() | StateSource() | ContentSource()
        ):
            return _written_source(source)
        case _:
            assert_never(source)


def _written_source(
    source: PathSource | NameSource | KnownSource | ExpressionSource | StateSource | ContentSource,
) -> str:
    match source:
        case PathSource():
            return f"newest of {written(source.glob)}"
        case NameSource():
            return f"named {written(source.name)}"
        case KnownSource() | ExpressionSource():
            return written(source.value)
        case StateSource():
            return f"from the app's state {written(source.field)}"
        case ContentSource():
            return f"content of {written(source.glob)}"
        case _:
            assert_never(source)


def written(value: Dynamic) -> str:
    """Return a value as a person would write it: text bare, expressions in `${{ }}`, the rest as JSON."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Dynamic) -> str:
    match value:
        case Expression():
            return f"${{{{ {value.source.strip()} }}}}"
        case Template():
            return "".join(part if isinstance(part, str) else _json(part) for part in value.parts)
        case FromFile():
            return f"{{from_file: {value.path}, as: {value.form}}}"
        case str() | None | bool() | int() | float():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{" + ", ".join(f"{key}: {_json(item)}" for key, item in value.items()) + "}"
        case _:
            return "[" + ", ".join(_json(item) for item in value) + "]"
