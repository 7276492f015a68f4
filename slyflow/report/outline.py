"""The outline of a pipeline: params, steps in waves with what goes in and comes out, outputs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from slyflow.graph.written import written
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
from slyflow.model.pipeline import AppAction, OutputSpec, Param, Step, ValuesAction, When
from slyflow.model.value import Expression, Fields
from slyflow.report.forecast import Forecast, Outlook
from slyflow.report.line import Line, Part, columns
from slyflow.text import format_duration, plural

_INDENT = "    "


def outline(forecast: Forecast) -> list[Line]:
    """Return the forecast for a person: nothing is evaluated, expressions stand as written."""
    pipeline = forecast.pipeline
    lines: list[Line] = [(Part(pipeline.name, "strong"), f"  {pipeline.description or ''}".rstrip())]
    lines += _params(pipeline.params)
    if pipeline.secrets:
        lines += [(), (Part("secrets", "strong"),), ("  " + ", ".join(sorted(pipeline.secrets)),)]
    for number, wave in enumerate(forecast.waves, 1):
        lines += _group(f"wave {number}", wave)
    if forecast.final:
        lines += _group("finally", forecast.final)
    if pipeline.outputs:
        lines += [(), (Part("outputs", "strong"),), *_fields(pipeline.outputs, "  ")]
    return [*lines, *_critical(forecast)]


def _critical(forecast: Forecast) -> Iterator[Line]:
    if len(forecast.critical) < 2:
        return
    yield ()
    yield (Part("critical path", "strong"), f"  {' → '.join(forecast.critical)}", Part(_sum(forecast), "dim"))


def _sum(forecast: Forecast) -> str:
    """Return how long the critical path takes, and what that rests on."""
    if forecast.seconds is None:
        return "  how long its steps take is not known"
    steps = [one for one in forecast.steps if one.is_critical]
    limits = [one.step.id for one in steps if one.basis == "limit"]
    silent = [one.step.id for one in steps if one.basis == "unknown"]
    told = [f"about {format_duration(forecast.seconds)}"]
    if limits:
        told.append(f"by the limit of {', '.join(limits)}")
    if silent:
        told.append(f"without {', '.join(silent)}")
    return f"  {', '.join(told)}"


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


def _group(title: str, steps: Sequence[Outlook]) -> Iterator[Line]:
    yield ()
    yield (Part(title, "strong"), Part(f"  {plural(len(steps), 'step')}", "dim"))
    for one in steps:
        yield from _step(one)


def _step(one: Outlook) -> Iterator[Line]:
    step = one.step
    match step.action:
        case AppAction():
            yield ("  ", Part(step.id, "active"), f"  {step.action.app}", Part(_locked(one), "dim"))
            details = [*_conditions(one), *_app(step.action, one), *_limits(step)]
        case ValuesAction():
            yield ("  ", Part(step.id, "active"), "  values")
            details = [*_conditions(one), *_fields(step.action.values, _INDENT)]
        case _:
            assert_never(step.action)
    yield from details
    if one.unknown:
        yield _detail("known at run time", ", ".join(one.unknown))
    if one.basis == "history" and one.seconds is not None:
        yield _detail("took", format_duration(one.seconds))


def _locked(one: Outlook) -> str:
    """Return which app it is, where a lock says so."""
    if one.app is None:
        in_folder = isinstance(one.step.action, AppAction) and one.step.action.app.path is not None
        return "" if in_folder else "  not locked: its defaults are not known"
    module = "" if one.app.module_id is None else f", module {one.app.module_id}"
    branch = "branch " if one.app.is_branch else ""
    return f"  {one.app.name}, locked at {branch}{one.app.release}{module}"


def _conditions(one: Outlook) -> Iterator[Line]:
    step = one.step
    if step.description:
        yield (_INDENT, Part(step.description, "dim"))
    if one.needs:
        yield _detail("after", ", ".join(one.needs))
    if step.when is not (When.ALWAYS if step.is_final else When.SUCCESS):
        yield _detail("when", step.when.value)
    if step.condition is not None:
        yield _detail("if", written(step.condition))


def _app(action: AppAction, one: Outlook) -> Iterator[Line]:
    if isinstance(action.target, Expression):
        yield _detail("target", written(action.target))
    elif action.target:
        yield (_INDENT, Part("target", "dim"))
        yield from _fields(action.target, _INDENT + "  ")
    yield from _arguments(action, one)
    for name, output in action.outputs.items():
        yield _detail("output", f"{name}: {_output(output)}")
    if action.success_when is not None:
        yield _detail("success when", written(action.success_when))
    for edge in one.edges:
        value = "" if edge.value is None else f" {written(edge.value)}"
        yield _detail(f"workflow {edge.direction}", f"{edge.name}: {edge.kind.value}{value}")


def _arguments(action: AppAction, one: Outlook) -> Iterator[Line]:
    """Give what the app will get, each with where it comes from; the target's key stands there already."""
    if one.arguments is None:
        assert isinstance(action.arguments, Expression), "only that leaves them unknown"
        yield _detail("arguments", written(action.arguments))
        return
    shown = [argument for argument in one.arguments if argument.origin != "target"]
    if shown:
        yield (_INDENT, Part("arguments", "dim"))
        yield from columns(
            [
                (f"{_INDENT}  {argument.name}", written(argument.value), Part(argument.origin, "dim"))
                for argument in shown
            ]
        )


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
