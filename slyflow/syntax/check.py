"""JSON Schema compiled into functions over nodes that accept fast and say what is wrong when they do not.

It knows the keywords of draft 2020-12 that our schemas use, and refuses to compile any other.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slyflow.syntax.finding import Finding
from slyflow.syntax.keyword import (
    NOTHING,
    Check,
    Schema,
    inside,
    later,
    of_dependent_names,
    of_dependent_required,
    of_enum,
    of_items,
    of_length,
    of_one_of,
    of_pattern,
    of_range,
    of_size,
    of_type,
    title,
    types_of,
)
from slyflow.syntax.node import Broken, Map, Node, Scalar

Matcher = Callable[[str], Callable[[str], bool]]
"""Compiles a regular expression into a function that looks for it in a text."""

_ANNOTATIONS = frozenset(("$schema", "$id", "$defs", "title", "description", "default"))


def compile_schema(schema: Schema, matcher: Matcher | None = None) -> Check:
    """Return the check that a schema describes; raises ValueError for a keyword it does not know.

    `matcher` compiles patterns of a schema that is not our own, whose patterns Python's `re` may not meet.
    """
    return _Compiler(schema, matcher or _trusted).compile(schema)


def _trusted(pattern: str) -> Callable[[str], bool]:
    # Compiled when it is first needed: a usual file meets few of the patterns.
    compiled: list[re.Pattern[str]] = []

    def matches(text: str) -> bool:
        if not compiled:
            compiled.append(re.compile(pattern))
        return compiled[0].search(text) is not None

    return matches


class _Compiler:
    """Compiles one schema document; each definition once, when it is needed."""

    def __init__(self, root: Schema, matcher: Matcher) -> None:
        self._definitions: Mapping[str, Schema] = root.get("$defs", {})
        self._compiled: dict[str, Check] = {}
        self._makers: dict[str, Callable[[Any, Schema], Check | None]] = {
            "$ref": lambda value, _: self._reference(value),
            "type": lambda value, schema: None if value == "object" else of_type(value, schema),
            "enum": lambda value, schema: of_enum(value, schema.get("title")),
            "const": lambda value, schema: of_enum([value], schema.get("title")),
            "pattern": lambda value, schema: of_pattern(matcher(value), value, schema),
            "anyOf": lambda value, _: self._any_of(value),
            "oneOf": of_one_of,
            "not": lambda *_: later,
            "items": lambda value, _: of_items(self.compile(value)),
            "dependentRequired": lambda value, _: of_dependent_required(value),
            "dependentSchemas": lambda value, _: of_dependent_names(value),
            **dict.fromkeys(("minLength", "maxLength"), lambda _, schema: of_length(schema)),
            **dict.fromkeys(("minimum", "maximum"), lambda _, schema: of_range(schema)),
            **dict.fromkeys(("minItems", "maxItems"), lambda _, schema: of_size(schema)),
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
        fitting: dict[tuple[str, ...], list[Check]] = {}
        words = [title(schema) for schema in flat]
        choices = [str(value) for schema in flat for value in schema.get("enum", ())]
        texts = [schema.get("pattern", "") for schema in flat if schema.get("type") == "string"]

        def check(node: Node) -> Sequence[Finding]:
            types = types_of(node)
            tried: list[Sequence[Finding]] = []
            if types not in fitting:
                fitting[types] = [one for wanted, one in checks if wanted is None or wanted in types]
            for one in fitting[types]:
                found = one(node)
                if not found:
                    return found
                tried.append(found)
            # Whoever wrote a map or a list wants to hear of what is in it.
            if len(tried) == 1 and (type(node) is not Scalar or tried[0][0].rule == "later"):
                return tried[0]
            if not types:
                return NOTHING
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
        if not properties and rest is True and names is None:
            return _any_object(schema)
        return _object(schema, properties, extra, names)


def _any_object(schema: Schema) -> Check:
    """Return the check of a map whose entries may be anything, such as an app's arguments."""
    whole = _whole_map(schema)
    mismatch = [title(schema)]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map:
            return NOTHING if type(node) is Broken else [Finding("expected", node, mismatch)]
        return whole(node)

    return check


def _object(
    schema: Schema, properties: Mapping[str, Check], extra: Check | None, names: Check | None
) -> Check:
    """Return the check of a map: `extra` is for keys not in `properties`, `names` for the keys themselves."""
    known = [key for key, value in schema.get("properties", {}).items() if "not" not in value]
    closed = schema.get("additionalProperties") is False
    whole = _whole_map(schema)
    mismatch = [title(schema)]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map:
            return NOTHING if type(node) is Broken else [Finding("expected", node, mismatch)]
        findings: list[Finding] = []
        for place, (key, (name, value)) in enumerate(zip(node.keys, node.values.items(), strict=True)):
            one = properties.get(name, extra)
            if one is not None:
                if found := one(value):
                    findings += inside(name, found, key)
            elif closed:
                findings.append(_unknown(node, place, known))
            if names is not None and (found := names(key)):
                findings.append(Finding("name", key, found[0].words, name))
        findings += whole(node)
        return findings or NOTHING

    return check


def _unknown(holder: Map, place: int, known: Sequence[str]) -> Finding:
    key = holder.keys[place]
    name = str(key.value)
    finding = Finding("unknown", key, known, name)
    finding.value = holder.values[name]
    if place > 0:
        above = str(holder.keys[place - 1].value)
        lost = holder.values[above]
        finding.before = above if type(lost) is Scalar and lost.value is None else None
    return finding


def _all(checks: list[Check]) -> Check:
    if not checks:
        return lambda _: NOTHING
    if len(checks) == 1:
        return checks[0]

    def check(node: Node) -> Sequence[Finding]:
        for one in checks:
            if found := one(node):
                return found
        return NOTHING

    return check


def _whole_map(schema: Schema) -> Callable[[Map], Sequence[Finding]]:
    required: Sequence[str] = schema.get("required", ())
    needed = frozenset(required)
    fewest, most = schema.get("minProperties", 0), schema.get("maxProperties")

    def check(node: Map) -> Sequence[Finding]:
        if node.partial:
            return NOTHING
        if not needed <= node.values.keys():
            return [Finding("missing", node, [key for key in required if key not in node.values])]
        if len(node.keys) < fewest:
            return [Finding("expected", node, ["a map that is not empty"])]
        if most is not None and len(node.keys) > most:
            return [Finding("expected", node, [f"a map with at most {most} keys"])]
        return NOTHING

    return check
