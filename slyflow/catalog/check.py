"""Holds an app step against the interface of the app it launches."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Protocol

from slyflow.catalog.argument import kind_of
from slyflow.catalog.state import actual_target
from slyflow.model.interface import Interface, target_key
from slyflow.model.pipeline import AppAction, Step
from slyflow.model.value import Dynamic, Expression, Field, Fields, FromFile, Template
from slyflow.problem import Problem
from slyflow.text import suggest

AUTOSTART = "autostart"
"""The argument by which an app with a user interface begins at once: the SDK reads it."""
# What apps that train read in its place, beside `guiState`.
_START_TRAINING = "start_training"
_VERBS = frozenset(("remove", "delete", "erase", "purge", "drop", "clear", "overwrite"))
_GOODS = frozenset(("source", "sources", "src", "original", "originals", "input", "inputs", "data", "all"))
_GOODS |= frozenset(("existing", "file", "files", "folder", "project", "projects", "dataset", "datasets"))
_GOODS |= frozenset(("images", "videos", "items", "objects", "annotations", "after"))


class Known(Protocol):
    """An app as far as it must be known to check what a step wants of it."""

    @property
    def slug(self) -> str: ...

    @property
    def interface(self) -> Interface: ...


def check_app_step(step: Step, app: Known, instance_version: str | None = None) -> list[Problem]:
    """Return what is wrong with a step's target, arguments and inputs.

    `instance_version` is that of the instance that it will run on, None when it is not known.
    """
    action = step.action
    if not isinstance(action, AppAction):
        return []
    return [
        *_target(step, action, app),
        *_arguments(action, app),
        *_destroys(step, action, app),
        *target_keys(action),
        *_inputs(action, app.interface),
        *_waits_for_click(step, action, app),
        *_too_old(action, app, instance_version),
    ]


def _target(step: Step, action: AppAction, app: Known) -> Iterator[Problem]:
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


def _arguments(action: AppAction, app: Known) -> Iterator[Problem]:
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


def target_keys(action: AppAction) -> Iterator[Problem]:
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


def _destroys(step: Step, action: AppAction, app: Known) -> Iterator[Problem]:
    """Warn of defaults that destroy what the app is launched on, where the step says nothing of them."""
    if not action.merge_defaults or isinstance(action.arguments, Expression):
        return
    for name, default in (app.interface.arguments or {}).items():
        if default is True and destroys(name) and name not in action.arguments:
            message = f'app "{app.slug}" has "{name}: true" by default, and step "{step.id}" does not say so'
            hint = f"write {name}: false under arguments, or {name}: true if that is meant"
            yield Problem(action.app.span, message, "destructive-default", hint=hint)


def destroys(name: str) -> bool:
    """Say whether an argument's name tells that setting it takes something away for good."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    return any(verb in _VERBS and what in _GOODS for verb, what in pairwise(words)) or words[0] == "overwrite"


def _waits_for_click(step: Step, action: AppAction, app: Known) -> Iterator[Problem]:
    if app.interface.headless or _starts_itself(action, app.interface) or step.timeout.run is not None:
        return
    message = f'app "{app.slug}" has a user interface: step "{step.id}" would wait for a click for ever'
    autostart = f"set {AUTOSTART}: true, " if AUTOSTART in (app.interface.arguments or {}) else ""
    hint = f"{autostart}launch a headless app, or give the step timeout.run"
    yield Problem(action.app.span, message, "waits-for-click", hint=hint)


def _starts_itself(action: AppAction, interface: Interface) -> bool:
    """Say whether the app is told to begin without a click, or may be told so by what only a run tells."""
    if isinstance(action.arguments, Expression):
        return True
    for name in (AUTOSTART, _START_TRAINING):
        default = (interface.arguments or {}).get(name) if action.merge_defaults else None
        given = action.arguments.get(name)
        if default if given is None else given.value:
            return True
    return False


def _too_old(action: AppAction, app: Known, version: str | None) -> Iterator[Problem]:
    wanted = app.interface.min_instance_version
    if wanted is not None and version is not None and is_older(version, wanted):
        message = f'app "{app.slug}" needs an instance of version {wanted}, and this one has {version}'
        hint = "update the instance, or take an older version of the app"
        yield Problem(action.app.span, message, "instance-too-old", hint=hint)


def is_older(version: str, than: str) -> bool:
    """Say whether a version of numbers and dots is certainly older than another."""
    one, other = _numbers(version), _numbers(than)
    return one is not None and other is not None and one < other


def _numbers(version: str) -> tuple[int, ...] | None:
    # Not by `packaging`, which takes longer to import than a check takes.
    parts = version.removeprefix("v").split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts):
        return None
    numbers = [int(part) for part in parts]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _names(target: Fields | Expression | None) -> Sequence[str]:
    return [] if target is None or isinstance(target, Expression) else list(target)
