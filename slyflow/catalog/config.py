"""Reads an app's config.json, in the repository's spelling or the server's, into its interface."""

import re
from collections.abc import Iterator, Mapping, Sequence

from slyflow.model.interface import Interface
from slyflow.model.value import Json

_TARGET = re.compile(r"[a-z][a-z0-9_]*")
_ECOSYSTEM = "ecosystem"


def read_interface(config: Mapping[str, Json]) -> Interface:
    """Return what a config declares; what it lacks or garbles counts as not declared, never as an error."""
    state = get_either(config, "modal_template_state")
    targets = tuple(dict.fromkeys(_targets(get_either(config, "context_menu"))))
    return Interface(
        targets=tuple(target for target in targets if target != _ECOSYSTEM),
        arguments=state if isinstance(state, Mapping) else None,
        from_ecosystem=not targets or _ECOSYSTEM in targets,
        headless=_is_true(get_either(config, "headless")),
        min_instance_version=_version(config),
    )


def get_either(config: Mapping[str, Json], key: str) -> Json:
    """Return the value of a snake_case key, or of its camelCase twin."""
    first, *others = key.split("_")
    camel = first + "".join(word.capitalize() for word in others)
    value = config.get(key)
    return config.get(camel) if value is None else value


def _targets(menu: Json) -> Iterator[str]:
    declared = get_either(menu, "target") if isinstance(menu, Mapping) else menu
    listed = [declared] if isinstance(declared, str) else declared
    for target in listed if isinstance(listed, Sequence) else ():
        # A few configs still hold the sentence of the template they were made from.
        if isinstance(target, str) and _TARGET.fullmatch(target):
            yield target


def _is_true(value: Json) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _version(config: Mapping[str, Json]) -> str | None:
    for key in ("min_instance_version", "instance_version"):
        value = get_either(config, key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return None
