"""A pipeline of one step that launches a module, with what the module takes written out."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from slyflow.catalog.argument import Argument
from slyflow.catalog.freezing import thawed
from slyflow.catalog.module import Module
from slyflow.catalog.target import Target, find_target
from slyflow.model.interface import TARGETS
from slyflow.model.value import Json
from slyflow.syntax.spelling import hidden_in_text, misspelt_key

_SLUG = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_VERSION = re.compile(r"[A-Za-z0-9_.+-]+")
_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORDS = ("true", "false", "null", "in")
_LONGEST_ID = 63
# Longer values are better left to the defaults than shown; YAML keeps keys shorter than this, too.
_LONGEST = 800
_DEEPEST = 16
_SURROGATE = re.compile("[\ud800-\udfff]")
_INT64 = range(-(2**63), 2**63)


def example(module: Module) -> str:
    """Return the text of a pipeline that is valid as it is: its target is a param.

    The arguments stand there with their defaults; those that a pipeline cannot hold, or that are long, are
    left out, as any may be: the defaults count for what is not given.
    """
    target = _target(module)
    lines = ["slyflow: 1"]
    if target is not None:
        kind = "string" if target.by_path else "integer"
        lines += ["params:", f"  {_param(target)}: {{type: {kind}, description: {_quoted(target.takes)}}}"]
    lines += ["steps:", f"  {_step_id(module.slug)}:", f"    app: {_app(module)}"]
    if target is not None:
        lines.append(f'    target: {{{target.name}: "${{{{ params.{_param(target)} }}}}"}}')
    arguments = [f"      {_key(one.name)}: {_quoted(one.default)}" for one in _shown(module, target)]
    if arguments:
        lines += ["    arguments:", *arguments]
    return "\n".join(lines) + "\n"


def _app(module: Module) -> str:
    version = module.version if module.version and _VERSION.fullmatch(module.version) else None
    if _SLUG.fullmatch(module.slug):
        return module.slug if version is None else f"{module.slug}@{version}"
    return (
        f"{{module_id: {module.id}}}"
        if version is None
        else (f"{{module_id: {module.id}, version: {_quoted(version)}}}")
    )


def _target(module: Module) -> Target | None:
    """Return the first target that the app takes, None when it needs none."""
    if module.from_ecosystem:
        return None
    return next((find_target(name) for name in module.targets if name in TARGETS), None)


def _param(target: Target) -> str:
    """Return the last word of a target's name: `images_project` is a project."""
    return target.name.rpartition("_")[2]


def _step_id(slug: str) -> str:
    """Return an id made of the last part of a slug."""
    words = re.findall(r"[a-z0-9]+", slug.rpartition("/")[2].lower())
    name = "_".join(words)[:_LONGEST_ID].rstrip("_")
    return name if name[:1].isalpha() and name not in _WORDS else f"run_{name}"[:_LONGEST_ID].rstrip("_")


def _shown(module: Module, target: Target | None) -> Iterator[Argument]:
    for one in module.modal_arguments:
        taken = target is not None and one.name == target.key
        fits = _fits_as_key(one.name) and _fits(one.default)
        if not taken and fits and len(_quoted(one.name)) + len(_quoted(one.default)) <= _LONGEST:
            yield one


def _fits(value: Json, depth: int = 0) -> bool:
    """Whether a pipeline can hold the value, and means the same by it."""
    match value:
        case str():
            return hidden_in_text(value) is None and not _SURROGATE.search(value)
        case bool() | float() | None:
            return True
        case int():
            return value in _INT64
        case Mapping():
            # What stands under `from_file` would be read from a file.
            return (
                depth < _DEEPEST
                and "from_file" not in value
                and all(map(_fits_as_key, value))
                and all(_fits(item, depth + 1) for item in value.values())
            )
        case Sequence():
            return depth < _DEEPEST and all(_fits(item, depth + 1) for item in value)


def _fits_as_key(name: str) -> bool:
    return _fits(name) and "${{" not in name and misspelt_key(name) is None


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name.lower() not in _WORDS else _quoted(name)


def _quoted(value: Json) -> str:
    """Return a value as JSON that is YAML too, on one line, with what looks like an expression escaped."""
    text = json.dumps(thawed(value), ensure_ascii=False).replace("${{", "$${{")
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
