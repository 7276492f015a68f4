"""Writes a lock as YAML, in one form: the same lock is always the same text, sorted."""

import re
from collections.abc import Iterator, Mapping

from slyflow.catalog.argument import kind_of
from slyflow.catalog.lock import FORMAT, Lock, LockedApp
from slyflow.model.value import Json
from slyflow.syntax.emit import one_line

_HEAD = "# Written by `slyflow lock` from what the instance said; `slyflow upgrade` changes it. Commit it.\n"
_PLAIN = r"[A-Za-z][A-Za-z0-9_-]*(?:[./@#+][A-Za-z0-9_.-]+)*"
# What readers of YAML take for something else than text.
_WORDS = frozenset(("null", "true", "false", "y", "n", "yes", "no", "on", "off"))


def lock_text(lock: Lock) -> str:
    """Return the lock as text."""
    lines = [f"slyflow_lock: {FORMAT}", f"instance: {one_line(lock.instance)}"]
    if lock.instance_version is not None:
        lines.append(f"instance_version: {one_line(lock.instance_version)}")
    lines.append("apps:" if lock.apps else "apps: {}")
    for asked in sorted(lock.apps):
        lines.append(f"  {_key(asked)}:")
        lines += _entry(_written(lock.apps[asked]))
    return _HEAD + "".join(f"{line}\n" for line in lines)


def _entry(entry: Mapping[str, Json]) -> Iterator[str]:
    for name, value in sorted(entry.items()):
        if name == "arguments" and isinstance(value, Mapping) and value:
            yield "    arguments:"
            for argument in sorted(value):
                yield f"      {_key(argument)}: {one_line(value[argument])}"
        else:
            yield f"    {name}: {one_line(value)}"


def _written(app: LockedApp) -> dict[str, Json]:
    interface = app.interface
    declared = interface.arguments
    entry: dict[str, Json] = {
        "archive_sha256": app.archive_sha256,
        "asked": app.asked,
        "config_sha256": app.config_sha256,
        "description": app.description,
        "from_ecosystem": interface.from_ecosystem,
        "headless": interface.headless,
        "min_instance_version": interface.min_instance_version,
        "module_id": app.module_id,
        "name": app.name,
        "pipelines": sorted(app.pipelines),
        "release": app.release,
        "restart_policy": interface.restart_policy,
        "slug": app.slug,
        "targets": list(interface.targets),
    }
    told = {name: value for name, value in entry.items() if value is not None}
    arguments = declared and {
        name: {"type": kind_of(default), "default": default} for name, default in declared.items()
    }
    return {**told, "arguments": arguments}


def _key(text: str) -> str:
    return text if re.fullmatch(_PLAIN, text) and text.lower() not in _WORDS else one_line(text)
