"""Reads an app's config.json, in the repository's spelling or the server's, into its interface."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from slyflow.catalog.freezing import thawed
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.text import sanitize

_TARGET = re.compile(r"[a-z][a-z0-9_]*")
_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]+")
_ECOSYSTEM = "ecosystem"
_LONGEST = 300


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
        restart_policy=_word(get_either(config, "restart_policy")),
    )


def fingerprint(config: Mapping[str, Json]) -> str:
    """Return the SHA-256 of what a config says, the same for both spellings of its keys."""
    import hashlib  # not needed, and not paid for, by a check

    plain = {_snake(key): thawed(value) for key, value in config.items()}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def read_description(config: Mapping[str, Json]) -> str | None:
    """Return what the app says that it is for, on one line and not too long; None when it says nothing."""
    value = config.get("description")
    text = " ".join(sanitize(value).split()) if isinstance(value, str) else ""
    return (text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…") or None


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


def _snake(key: str) -> str:
    return _HUMP.sub(lambda found: f"_{found[0].lower()}", key)


def _word(value: Json) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() else None


def _is_true(value: Json) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _version(config: Mapping[str, Json]) -> str | None:
    for key in ("min_instance_version", "instance_version"):
        value = get_either(config, key)
        if word := _word(value):
            return word
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return None
