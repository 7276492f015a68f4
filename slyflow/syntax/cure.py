"""What to do about a wrong value or key: the cures for what people write most."""

import re
from collections.abc import Callable, Mapping, Sequence

from slyflow.syntax.finding import Finding
from slyflow.syntax.node import Map, Scalar, Sequential
from slyflow.syntax.source import Source
from slyflow.text import suggest

Cure = tuple[str | None, str | None]
"""What to do, and what may have been meant in the place of the value."""

NONE: Cure = (None, None)
_CURLED = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_SWITCHES = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
_SYNONYMS = {
    "int": "integer",
    "long": "integer",
    "str": "string",
    "text": "string",
    "float": "number",
    "double": "number",
    "bool": "boolean",
    "list": "array",
    "tuple": "array",
    "dict": "object",
    "map": "object",
    "weights": "model_weight",
    "model": "model_weight",
    "path": "file",
    "directory": "folder",
}
# What stands for a value alone where a map is wanted, by the key.
_MAPS = {"retry": "{max: %s}", "target": "{project: %s}", "concurrency": "{max_sessions: %s}"}
_RESERVED = ("in", "true", "false", "null")
_PRIVATE = ("token", "server", "password", "api_key", "host")


def cure(finding: Finding, source: Source) -> Cure:
    """Return the cure for a finding of the rule `expected`."""
    node = finding.node
    if type(node) is Scalar and type(node.value) is str:
        return _of_text(finding, node, node.value, source)
    raw = source.text[node.start : node.end]
    if type(node) is Scalar and node.value is not None:
        return _of_constant(finding, raw, node.value)
    if type(node) is Sequential and _wants(finding, "a map"):
        return "remove the dashes or brackets: a map has keys, as in {name: value}", None
    if type(node) is Map and _wants(finding, "a list"):
        keys = ", ".join(str(key.value) for key in node.keys)
        return (f"write the names alone: [{keys}]" if len(keys) < 60 else None), None
    return NONE


def unknown_key(finding: Finding, known: Sequence[str]) -> Cure:
    """Return the cure for a key that is not among those `known` at its place."""
    key = str(finding.path[0])
    if near := suggest(key, known):
        return None, near
    if finding.before is not None:
        return f'indent "{key}" further if it belongs to "{finding.before}"', None
    if len(finding.full_path) == 1 and any(word in key.lower() for word in _PRIVATE):
        return "the instance and its token never stand in a pipeline: see `slyflow settings`", None
    is_in_step = len(finding.full_path) == 3 and finding.full_path[0] in ("steps", "finally")
    if (
        is_in_step
        and isinstance(finding.value, Map)
        and ("app" in finding.value.values or "values" in finding.value.values)
    ):
        return f'if "{key}" is a step of its own, indent it as the steps above', None
    return NONE


def name(value: str) -> Cure:
    """Return the cure for a name that ids cannot have."""
    return _id(value)


def _wants(finding: Finding, kind: str) -> bool:
    return any(word.startswith(kind) for word in finding.words)


def _of_constant(finding: Finding, raw: str, value: object) -> Cure:
    if any(re.search(pattern, raw) for pattern in finding.texts):
        return f'quote it: "{raw}"', None
    if _wants(finding, "true or false") and value in (0, 1):
        return None, "true" if value else "false"
    return _in_map(finding, raw, value)


def _in_map(finding: Finding, raw: str, value: object) -> Cure:
    """Return the cure for a lone value where a map is wanted."""
    path = finding.full_path
    if not _wants(finding, "a map"):
        return NONE
    if len(path) == 2 and path[0] == "params":
        kind = {bool: "boolean", int: "integer", float: "number"}.get(type(value), "string")
        return f"write {{type: {kind}, default: {raw}}}", None
    form = _MAPS.get(str(path[-1])) if path else None
    return (f"write {form % raw}", None) if form else NONE


def _of_text(finding: Finding, node: Scalar, value: str, source: Source) -> Cure:
    if node.style and _is_meant_bare(finding, value):
        return "write it without quotes", None
    if value[:1] and value[0] in _CURLED:
        return 'typographic quotes are part of the text to YAML: write straight ones (")', None
    if value.lower() in _SWITCHES and _wants(finding, "true or false"):
        return "YAML 1.2 knows true and false only", _SWITCHES[value.lower()]
    if _wants(finding, "a list") and value.startswith("-"):
        return "a space is needed after the dash of a list item", None
    for start, find in _BY_WORDS.items():
        if _wants(finding, start) and (found := find(value)) != NONE:
            return found
    near = _SYNONYMS.get(value.lower())
    near = near if near in finding.choices else suggest(value, finding.choices)
    if near is not None:
        return None, near
    return _of_bare_text(finding, node, value, source)


def _is_meant_bare(finding: Finding, value: str) -> bool:
    if value in finding.words or (value in ("true", "false") and _wants(finding, "true or false")):
        return True
    is_number = value.replace(".", "", 1).isdecimal()
    return is_number and (
        _wants(finding, "a number") or ("." not in value and _wants(finding, "a whole number"))
    )


def _of_bare_text(finding: Finding, node: Scalar, value: str, source: Source) -> Cure:
    if any("${{" in word for word in finding.words) and "${{" not in value:
        return f'write it as an expression: "${{{{ {value} }}}}"', None
    raw = source.text[node.start : node.end]
    if not node.style and re.match(r"[a-z_]+:[^/\s]", raw) and _wants(finding, "a map"):
        return "a space is needed after the colon of a key", None
    return _in_map(finding, raw, value)


def _id(value: str) -> Cure:
    near = re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_")
    is_good = near and near[0].isalpha() and len(near) < 64 and near not in (value, *_RESERVED)
    return (None, near) if is_good and "${{" not in value else NONE


def _app(value: str) -> Cure:
    if "://" in value:
        return None, value.partition("://")[2].partition("/")[2].removesuffix(".git") or None
    if value.endswith("@"):
        return "a version follows after @; without one, leave @ out", None
    if value.startswith((".", "/")):
        return f"write {{path: {value}}} for a folder with an app", None
    name, colon, version = value.partition(":")
    if colon and "/" in name:
        return "@ stands before the version", f"{name}@{version}"
    return (
        ("name its repository: owner/repository; see `slyflow apps search`", None)
        if "/" not in value
        else NONE
    )


def _duration(value: str) -> Cure:
    found = re.fullmatch(r"([\d.]+) *(s|m|h|d)[a-z]*", value.lower())
    if found:
        return None, f"{found[1]}{found[2]}"
    parts = re.findall(r"(\d+) *([smhd])", value.lower())
    if len(parts) > 1:
        seconds = sum(int(number) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[unit] for number, unit in parts)
        return "a duration has one unit", f"{seconds}s"
    return ("a duration is a number and a unit, as 90s or 90m", None) if ":" in value else NONE


def _colour(value: str) -> Cure:
    if re.fullmatch("#[0-9a-fA-F]{3}", value):
        return None, "#" + "".join(digit * 2 for digit in value[1:])
    return "a colour is # and six hexadecimal digits, in quotes", None


def _number(value: str) -> Cure:
    digits = value.replace("_", "")
    if digits.isdecimal() and digits == (digits.lstrip("0") or "0"):
        return None, digits
    return ("leave out the zero before it" if digits.isdecimal() else None), None


_BY_WORDS: Mapping[str, Callable[[str], Cure]] = {
    "an id (": _id,
    "an app (": _app,
    "a duration": _duration,
    "a colour": _colour,
    "a whole number": _number,
    "a number": _number,
}


def lost_value(finding: Finding, source: Source) -> str | None:
    """Return what to do about a key that has nothing behind its colon."""
    node = finding.node
    rest = source.text[node.end : source.line_end(node.end)].strip()
    if rest.startswith("#") and rest[1:2].strip():
        return f'# begins a comment: quote it: "{rest}"'
    if _wants(finding, "a map") or _wants(finding, "a list"):
        return "what belongs to it stands on the lines below, indented further"
    return None
