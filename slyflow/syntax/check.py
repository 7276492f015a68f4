"""JSON Schema compiled into functions over nodes that accept fast and say what is wrong when they do not.

It knows the keywords of draft 2020-12 that our schemas use, and refuses to compile any other.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slyflow.model.value import Json
from slyflow.syntax.finding import Finding, KeyRule
from slyflow.syntax.node import Broken, Map, Node, Scalar, Sequential, plain

Schema = Mapping[str, Any]
Check = Callable[[Node], Sequence[Finding]]
Matcher = Callable[[str], Callable[[str], bool]]
"""Compiles a regular expression into a function that looks for it in a text."""

_NOTHING: tuple[Finding, ...] = ()
_ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "default"))
_SCALAR_TYPES: dict[type, tuple[str, ...]] = {
    str: ("string",),
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    type(None): ("null",),
}
_TYPE_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
    "null": "null",
}


def compile_schema(schema: Schema, matcher: Matcher | None = None) -> Check:
    """Return the check that a schema describes; raises ValueError for a keyword it does not know.

    `matcher` compiles patterns of a schema that is not our own, whose patterns Python's `re` may not meet.
    """
    return _Compiler(schema, matcher or _trusted).compile(schema)


def _trusted(pattern: str) -> Callable[[str], bool]:
    # Compiled when it is first needed: a usual file meets few of the patterns, and `re` keeps them.
    return lambda text: re.search(pattern, text) is not None


def types_of(node: Node) -> tuple[str, ...]:
    """Return the JSON Schema types that a node has; none for what was refused."""
    if type(node) is Map:
        return ("object",)
    if type(node) is Sequential:
        return ("array",)
    if type(node) is not Scalar:
        return ()
    value = node.value
    if type(value) is float and value.is_integer():
        return ("integer", "number")
    return _SCALAR_TYPES[type(value)]


def equal(one: Json, other: Json) -> bool:
    """Compare as JSON Schema does: 1 equals 1.0, and neither equals true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(equal, one, other))
    return one == other


class _Compiler:
    """Compiles one schema document; each definition once, when it is needed."""

    def __init__(self, root: Schema, matcher: Matcher) -> None:
        self._definitions: Mapping[str, Schema] = root.get("$defs", {})
        self._compiled: dict[str, Check] = {}
        self._makers: dict[str, Callable[[Any, Schema], Check | None]] = {
            "$ref": lambda value, _: self._reference(value),
            "type": lambda value, schema: None if value == "object" else _type(value, schema),
            "enum": lambda value, schema: _enum(value, schema.get("title")),
            "const": lambda value, schema: _enum([value], schema.get("title")),
            "pattern": lambda value, schema: _pattern(matcher(value), value, schema),
            "anyOf": lambda value, _: self._any_of(value),
            "oneOf": _one_of,
            "not": lambda *_: _later,
            "items": lambda value, _: _items(self.compile(value)),
            "dependentRequired": lambda value, _: _dependent_required(value),
            "dependentSchemas": lambda value, _: _dependent_names(value),
            **dict.fromkeys(("minLength", "maxLength"), lambda _, schema: _length(schema)),
            **dict.fromkeys(("minimum", "maximum"), lambda _, schema: _range(schema)),
            **dict.fromkeys(("minItems", "maxItems"), lambda _, schema: _size(schema)),
            **dict.fromkeys(
                (
                    "properties",
                    "additionalProperties",
                    "propertyNames",
                    "required",
                    "minProperties",
                    "maxProperties",
                ),
                lambda *_: None,
            ),
        }

    def compile(self, schema: Schema) -> Check:
        """Return one check for all keywords of a schema."""
        checks: dict[object, Check] = {}
        if schema.get("type") == "object" or "properties" in schema:
            checks["object"] = self._map(schema)
        for keyword, value in schema.items():
            if keyword in _ANNOTATIONS:
                continue
            if keyword not in self._makers:
                raise ValueError(f"the schema keyword {keyword!r} is not known")
            made = self._makers[keyword](value, schema)
            if made is not None:
                checks[keyword] = made
        return _all(list(checks.values()))

    def _reference(self, reference: str) -> Check:
        name = reference.removeprefix("#/$defs/")

        def check(node: Node) -> Sequence[Finding]:
            # Compiled when it is first needed: a usual file does not use half of the definitions, and
            # definitions may refer to themselves.
            found = self._compiled.get(name)
            if found is None:
                found = self._compiled[name] = self.compile(self._definitions[name])
            return found(node)

        return check

    def _any_of(self, schemas: Sequence[Schema]) -> Check:
        flat = [self._followed(schema) for schema in schemas]
        checks = [(self._types(schema), self.compile(schema)) for schema in flat]
        words = [_title(schema) for schema in flat]
        choices = [str(value) for schema in flat for value in schema.get("enum", ())]
        texts = [schema.get("pattern", "") for schema in flat if schema.get("type") == "string"]

        def check(node: Node) -> Sequence[Finding]:
            types = types_of(node)
            tried: list[Sequence[Finding]] = []
            for wanted, one in checks:
                if wanted and wanted not in types:
                    continue
                found = one(node)
                if not found:
                    return found
                tried.append(found)
            # Whoever wrote a map or a list wants to hear of what is in it.
            if len(tried) == 1 and (type(node) is not Scalar or tried[0][0].rule == "later"):
                return tried[0]
            if not types:
                return _NOTHING
            finding = Finding("expected", node, words)
            finding.choices, finding.texts = choices, texts
            return [finding]

        return check

    def _followed(self, schema: Schema) -> Schema:
        return self._definitions[schema["$ref"].removeprefix("#/$defs/")] if "$ref" in schema else schema

    def _types(self, schema: Schema) -> str | None:
        found = schema.get("type")
        if found is None and all(isinstance(value, str) for value in schema.get("enum", [0])):
            return "string"
        return found

    def _map(self, schema: Schema) -> Check:
        properties = {key: self.compile(value) for key, value in schema.get("properties", {}).items()}
        rest = schema.get("additionalProperties", True)
        extra = self.compile(rest) if isinstance(rest, Mapping) else None
        names = self.compile(schema["propertyNames"]) if "propertyNames" in schema else None
        return _object(schema, properties, extra, names)


def _object(
    schema: Schema, properties: Mapping[str, Check], extra: Check | None, names: Check | None
) -> Check:
    """Return the check of a map: `extra` is for keys not in `properties`, `names` for the keys themselves."""
    known = [key for key, value in schema.get("properties", {}).items() if "not" not in value]
    closed = schema.get("additionalProperties") is False
    whole = _whole_map(schema)
    mismatch = [_title(schema)]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map:
            return _NOTHING if type(node) is Broken else [Finding("expected", node, mismatch)]
        findings: list[Finding] = []
        for key, (name, value) in zip(node.keys, node.values.items(), strict=True):
            one = properties.get(name, extra)
            if one is not None:
                if found := one(value):
                    findings += _inside(name, found, key)
            elif closed:
                findings.append(Finding("unknown", key, known, name))
            if names is not None and (found := names(key)):
                findings.append(Finding("name", key, found[0].words, name))
        findings += whole(node)
        return findings or _NOTHING

    return check


def _all(checks: list[Check]) -> Check:
    if not checks:
        return lambda _: _NOTHING
    if len(checks) == 1:
        return checks[0]

    def check(node: Node) -> Sequence[Finding]:
        for one in checks:
            if found := one(node):
                return found
        return _NOTHING

    return check


def _inside(name: str | int, findings: Sequence[Finding], key: Scalar | None = None) -> Sequence[Finding]:
    for finding in findings:
        if finding.rule == "later" and not finding.path and key is not None:
            finding.node = key
        finding.path.append(name)
    return findings


def _title(schema: Schema) -> str:
    if "title" in schema:
        return str(schema["title"])
    if "enum" in schema:
        return " or ".join(str(value) for value in schema["enum"])
    return _TYPE_WORDS.get(schema.get("type", ""), "another value")


def _type(wanted: str, schema: Schema) -> Check:
    words = [_title(schema)]
    texts = [schema.get("pattern", "")] if wanted == "string" else []

    def check(node: Node) -> Sequence[Finding]:
        types = types_of(node)
        if wanted in types or not types:
            return _NOTHING
        finding = Finding("expected", node, words)
        finding.texts = texts
        return [finding]

    return check


def _enum(values: Sequence[Json], title: str | None) -> Check:
    words = [title] if title else [str(value) for value in values]
    choices = [value for value in values if isinstance(value, str)]
    texts = frozenset(choices)

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str:
            accepted = node.value in texts
        else:
            accepted = type(node) is Broken or any(equal(plain(node), value) for value in values)
        if accepted:
            return _NOTHING
        finding = Finding("expected", node, words)
        finding.choices = choices
        return [finding]

    return check


def _pattern(matches: Callable[[str], bool], pattern: str, schema: Schema) -> Check:
    words = [schema.get("title", f'a text that matches "{pattern}"')]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str and not matches(node.value):
            return [Finding("expected", node, words)]
        return _NOTHING

    return check


def _bounds(low: float | None, high: float | None, what: str) -> list[str]:
    if low is not None and high is not None:
        return [f"{what} from {low} to {high}"]
    return [f"{what} of at least {low}" if high is None else f"{what} of at most {high}"]


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _length(schema: Schema) -> Check:
    low, high = schema.get("minLength"), schema.get("maxLength")
    words = (
        ["a text that is not empty"]
        if low == 1 and high is None
        else _bounds(low, high, "a text with a length")
    )

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str and not _within(len(node.value), low, high):
            return [Finding("expected", node, words)]
        return _NOTHING

    return check


def _range(schema: Schema) -> Check:
    low, high = schema.get("minimum"), schema.get("maximum")
    words = _bounds(low, high, "a whole number" if schema.get("type") == "integer" else "a number")

    def check(node: Node) -> Sequence[Finding]:
        if (
            type(node) is not Scalar
            or isinstance(node.value, bool)
            or not isinstance(node.value, int | float)
        ):
            return _NOTHING
        return _NOTHING if _within(node.value, low, high) else [Finding("expected", node, words)]

    return check


def _size(schema: Schema) -> Check:
    low, high = schema.get("minItems"), schema.get("maxItems")
    words = (
        ["a list that is not empty"]
        if low == 1 and high is None
        else _bounds(low, high, "a list with a length")
    )

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Sequential and not _within(len(node.items), low, high):
            return [Finding("expected", node, words)]
        return _NOTHING

    return check


def _items(each: Check) -> Check:
    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Sequential:
            return _NOTHING
        findings: list[Finding] = []
        for index, item in enumerate(node.items):
            if found := each(item):
                findings += _inside(index, found)
        return findings or _NOTHING

    return check


def _later(node: Node) -> Sequence[Finding]:
    return [Finding("later", node, ())]


def _whole_map(schema: Schema) -> Callable[[Map], Sequence[Finding]]:
    required: Sequence[str] = schema.get("required", ())
    fewest, most = schema.get("minProperties", 0), schema.get("maxProperties")

    def check(node: Map) -> Sequence[Finding]:
        if node.partial:
            return _NOTHING
        if missing := [key for key in required if key not in node.values]:
            return [Finding("missing", node, missing)]
        if len(node.keys) < fewest:
            return [Finding("expected", node, ["a map that is not empty"])]
        if most is not None and len(node.keys) > most:
            return [Finding("expected", node, [f"a map with at most {most} keys"])]
        return _NOTHING

    return check


def _one_of(alternatives: Sequence[Schema], schema: Schema) -> Check:
    keys = [item["required"][0] for item in alternatives]
    supported = [key for key in keys if "not" not in schema["properties"][key]]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map or node.partial:
            return _NOTHING
        present = sum(key in node.values for key in keys)
        return _NOTHING if present == 1 else [Finding("one_of", node, supported)]

    return check


def _dependent_required(partners: Mapping[str, Sequence[str]]) -> Check:
    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map or node.partial:
            return _NOTHING
        findings = []
        for key in node.keys:
            wanted = partners.get(str(key.value), ())
            if missing := [name for name in wanted if name not in node.values]:
                mutual = all(key.value in partners.get(name, ()) for name in missing)
                rule: KeyRule = "partner" if mutual else "only_with"
                findings.append(Finding(rule, key, missing, str(key.value)))
        # Half a set is one mistake, told at the first key of it.
        return findings[:1]

    return check


def _dependent_names(schemas: Mapping[str, Schema]) -> Check:
    allowed = {key: frozenset(schema["propertyNames"]["enum"]) for key, schema in schemas.items()}

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map:
            return _NOTHING
        return [
            Finding("misplaced", key, [holder], str(key.value))
            for holder, names in allowed.items()
            if holder in node.values
            for key in node.keys
            if key.value not in names
        ]

    return check
