"""Holds an app step against the interface of the app it launches."""

from collections.abc import Iterator, Sequence

from slyflow.catalog.argument import kind_of
from slyflow.catalog.state import actual_target
from slyflow.model.interface import App, Interface, target_key
from slyflow.model.pipeline import AppAction, Step
from slyflow.model.value import Dynamic, Expression, Field, Fields, FromFile, Template
from slyflow.problem import Problem, strictly
from slyflow.text import suggest


def check_app_step(step: Step, app: App, *, strict: bool = False) -> list[Problem]:
    """Return what is wrong with a step's target, arguments and inputs; `strict` makes warnings errors."""
    action = step.action
    if not isinstance(action, AppAction):
        return []
    problems = [
        *_target(step, action, app),
        *_arguments(action, app),
        *_target_keys(action),
        *_inputs(action, app.interface),
        *_waits_for_click(step, app),
    ]
    return strictly(problems) if strict else problems


def _target(step: Step, action: AppAction, app: App) -> Iterator[Problem]:
    interface = app.interface
    if not action.target:
        if not interface.from_ecosystem:
            message = f'app "{app.slug}" is launched on a target and step "{step.id}" gives none'
            hint = f"it takes {', '.join(sorted(interface.targets))}"
            yield Problem(action.app.span, message, "no-target", hint=hint)
        return
    if isinstance(action.target, Expression):
        return
    for name, field in action.target.items():
        if not interface.targets:
            message = f'app "{app.slug}" declares no targets; whether it reads "{name}" is not known'
            yield Problem(field.key_span, message, "targets-unknown")
        elif actual_target(name, interface) not in interface.targets:
            message = f'app "{app.slug}" does not take the target "{name}"'
            hint = f"it takes {', '.join(sorted(interface.targets))}"
            yield Problem(field.key_span, message, "target-not-declared", hint=hint)


def _arguments(action: AppAction, app: App) -> Iterator[Problem]:
    declared = app.interface.arguments
    if declared is None or not action.merge_defaults or isinstance(action.arguments, Expression):
        return
    given_by_target = {target_key(name) for name in _names(action.target)}
    for name, field in action.arguments.items():
        if name in declared:
            yield from _type(name, field, declared[name])
        elif name not in given_by_target:
            message = f'app "{app.slug}" declares no argument "{name}"'
            near = suggest(name, declared)
            hint = f"it declares {', '.join(sorted(declared))}" if declared else "it declares none"
            yield Problem(field.key_span, message, "argument-not-declared", hint=hint, suggestion=near)


def _type(name: str, field: Field, default: object) -> Iterator[Problem]:
    given, wanted = _kind(field.value), _kind(default)
    if given is None or wanted is None or given == wanted or {given, wanted} == {"integer", "number"}:
        return
    message = f'argument "{name}" is {_one(given)}, the app\'s default is {_one(wanted)}'
    yield Problem(field.span, message, "argument-type")


def _kind(value: Dynamic | object) -> str | None:
    """Return what a constant is, None for null and for what only a run tells."""
    if value is None or isinstance(value, Expression | FromFile):
        return None
    return "string" if isinstance(value, Template) else kind_of(value)


def _one(kind: str) -> str:
    return f"an {kind}" if kind == "integer" else f"a {kind}"


def _target_keys(action: AppAction) -> Iterator[Problem]:
    """Find two values for one key of the state."""
    if action.target is None or isinstance(action.target, Expression):
        return
    arguments = {} if isinstance(action.arguments, Expression) else action.arguments
    taken: dict[str, str] = {}
    for name, field in action.target.items():
        key = target_key(name)
        if key in taken:
            message = f'targets "{taken[key]}" and "{name}" both set "{key}"'
            yield Problem(field.key_span, message, "target-twice")
        taken[key] = name
        if key in arguments and arguments[key].value != field.value:
            message = f'argument "{key}" has another value than the target "{name}", which sets it'
            hint = f'remove "{key}" from arguments'
            yield Problem(arguments[key].key_span, message, "target-twice", hint=hint)


def _inputs(action: AppAction, interface: Interface) -> Iterator[Problem]:
    for name, spec in (action.inputs or {}).items():
        if name in (interface.arguments or {}):
            message = f'input "{name}" has the name of an argument of the app; inputs are not sent to it'
            hint = "inputs only draw the workflow graph; put the value into arguments as well"
            yield Problem(spec.span, message, "input-is-argument", hint=hint)


def _waits_for_click(step: Step, app: App) -> Iterator[Problem]:
    if not app.interface.headless:
        message = f'app "{app.slug}" has a user interface: step "{step.id}" would wait for a click'
        hint = "launch a headless app, or give the step timeout.run"
        yield Problem(step.span, message, "waits-for-click", hint=hint)


def _names(target: Fields | Expression | None) -> Sequence[str]:
    return [] if target is None or isinstance(target, Expression) else list(target)
