"""The schema of pipelines for the apps of a lock: an editor completes each one's targets and arguments."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from slyflow.catalog.argument import Argument, arguments_of
from slyflow.catalog.freezing import thawed
from slyflow.catalog.lock import Lock, LockedApp
from slyflow.catalog.target import find_target
from slyflow.model.interface import GENERIC_TARGETS, Interface
from slyflow.model.value import Json

Schema = dict[str, Any]
_TYPES: Mapping[str, str] = {
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
    "list": "array",
    "map": "object",
}
_EXPRESSION: Schema = {"$ref": "#/$defs/expression"}
# What a run puts in the place of a value: `null`, which may stand for anything, and a file's content.
_FILLED: Schema = {
    "title": "a file's content ({from_file: …})",
    "type": "object",
    "required": ["from_file"],
    "properties": {"from_file": {"type": "string"}},
}


def locked_schema(published: Mapping[str, Any], lock: Lock) -> Schema:
    """Return the published schema made narrower: steps name locked apps, and give what these take.

    It accepts what `slyflow validate --strict` accepts of apps, targets and arguments, and refuses what
    that refuses of them.
    """
    schema: Schema = json.loads(json.dumps(published))
    definitions = schema["$defs"]
    step = definitions["step"]
    properties = step["properties"]
    definitions["any_target"], definitions["any_arguments"] = properties["target"], properties["arguments"]
    for name in ("target", "arguments"):
        properties[name] = {"description": properties[name]["description"]}
    step["allOf"] = [*_branches(lock, definitions), _otherwise(lock)]
    definitions["app"] = _app(definitions["app"], lock)
    schema["$id"] += ":locked"
    schema["title"] += f", with the apps of {lock.path.rpartition('/')[2]}"
    return schema


def _app(published: Schema, lock: Lock) -> Schema:
    """Return what may stand under `app`: what is locked, in either form, or an app in a folder."""
    _, by_key = published["anyOf"]
    names = [{"const": asked, **_described(app)} for asked, app in lock.apps.items() if _is_slug(asked)]
    forms = [_form(asked, app) for asked, app in lock.apps.items()]
    listed = {**by_key, "anyOf": [{"required": ["path"]}, *forms]}
    return {"description": published["description"], "anyOf": [*names, listed]}


def _described(app: LockedApp) -> Schema:
    return {"title": app.name, "description": app.description or app.name}


def _is_slug(asked: str) -> bool:
    return " " not in asked and "#" not in asked


def _form(asked: str, app: LockedApp) -> Schema:
    """Return what a map says that asks for just this."""
    keys: dict[str, Json]
    if found := re.fullmatch(r"module ([0-9]+)(?:[@#].*)?", asked):
        keys = {"module_id": int(found[1])}
    elif found := re.fullmatch(r'name "(.*)"(?:[@#][^"]*)?', asked, re.DOTALL):
        keys = {"name": found[1]}
    else:
        keys = {"slug": app.slug}
    if app.asked != "newest":
        keys[app.asked] = app.release
    open_ends = [key for key in ("version", "branch") if key not in keys]
    return {
        "properties": {key: {"const": value} for key, value in keys.items()}
        | dict.fromkeys(open_ends, False),
        "required": list(keys),
    }


def _named(asked: str, app: LockedApp) -> Schema:
    """Return the condition that a step launches this app."""
    form = {"type": "object", **_form(asked, app)}
    either = [{"const": asked}, form] if _is_slug(asked) else [form]
    return {"properties": {"app": {"anyOf": either}}, "required": ["app"]}


def _branches(lock: Lock, definitions: Schema) -> Iterator[Schema]:
    for asked, app in lock.apps.items():
        # Without the app's defaults its arguments are sent as they are, and nothing is known of them.
        bare = {"properties": {"merge_defaults": {"const": False}}, "required": ["merge_defaults"]}
        then: Schema = {
            "properties": {"target": _target(app, definitions)},
            "if": bare,
            "then": {"properties": {"arguments": {"$ref": "#/$defs/any_arguments"}}},
            "else": {"properties": {"arguments": _arguments(app, definitions)}},
        }
        if not app.interface.from_ecosystem:
            then["required"] = ["target"]
        yield {"if": _named(asked, app), "then": then}


def _otherwise(lock: Lock) -> Schema:
    """Return what holds for a step of no locked app: as in the published schema."""
    properties = {"target": {"$ref": "#/$defs/any_target"}, "arguments": {"$ref": "#/$defs/any_arguments"}}
    if not lock.apps:
        return {"properties": properties}
    named = {"anyOf": [_named(asked, app) for asked, app in lock.apps.items()]}
    return {"if": named, "else": {"properties": properties}}


def _target(app: LockedApp, definitions: Schema) -> Schema:
    """Return the targets that the app takes, with the general ones of their families."""
    published = definitions["any_target"]
    if not app.interface.targets:
        # Whether the app would read any nobody knows.
        return _EXPRESSION
    _, by_name = published["anyOf"]
    known = by_name["properties"]
    taken = {name: known[name] for name in known if _takes(app.interface, name)}
    return _expression_or({"description": published["description"], **by_name, "properties": taken})


def _takes(interface: Interface, name: str) -> bool:
    if name in GENERIC_TARGETS:
        return any(target.endswith(f"_{name}") for target in interface.targets)
    return name in interface.targets


def _arguments(app: LockedApp, definitions: Schema) -> Schema:
    """Return the arguments that the app declares; one that declares none may be given any."""
    if app.interface.arguments is None:
        return {"$ref": "#/$defs/any_arguments"}
    listed: Schema = {
        "description": f"What {app.name} asks for in its modal window.",
        "type": "object",
        "properties": {one.name: _argument(one, definitions) for one in arguments_of(app.interface)},
        "additionalProperties": False,
    }
    # A target's own key may stand there too; it is nothing to propose, as the target sets it.
    keys = sorted({known.key for name in app.interface.targets if (known := find_target(name))})
    if keys:
        listed["patternProperties"] = {f"^({'|'.join(keys)})$": {}}
    return _expression_or(listed)


def _expression_or(listed: Schema) -> Schema:
    """Return what takes a map, or one expression for all of it.

    By `if`, not by `anyOf`: an editor tells what is wrong inside the map, not that it is no text.
    """
    return {"if": {"type": "string"}, "then": _EXPRESSION, "else": listed}


def _argument(argument: Argument, definitions: Schema) -> Schema:
    told: Schema = {"description": f"{argument.kind}, default {argument.shown}"}
    default: Schema = {**told, "default": thawed(argument.default)}
    if argument.kind == "any":
        return default
    expression = definitions["expression"]
    # Each alternative says the same: an editor shows what is told of the one that fits.
    either = ({"type": _TYPES[argument.kind]}, {"type": "null"}, expression, _FILLED)
    return {**default, "anyOf": [{**one, **told} for one in either]}
