"""The keywords of a schema that stand for themselves, each made into a check of one node."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from slyflow.model.value import Json
from slyflow.syntax.finding import Finding, KeyRule
from slyflow.syntax.node import Broken, Map, Node, Scalar, Sequential, plain

Schema = Mapping[str, Any]
Check = Callable[[Node], Sequence[Finding]]

NOTHING: tuple[Finding, ...] = ()
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


def inside(name: str | int, findings: Sequence[Finding], key: Scalar | None = None) -> Sequence[Finding]:
    """Return the findings of a value as findings of what holds it; `key` is the one that a map has it at."""
    for finding in findings:
        if finding.rule == "later" and not finding.path and key is not None:
            finding.node = key
        finding.path.append(name)
    return findings


def title(schema: Schema) -> str:
    """Return what a schema asks for in words."""
    if "title" in schema:
        return str(schema["title"])
    if "enum" in schema:
        return " or ".join(str(value) for value in schema["enum"])
    return _TYPE_WORDS.get(schema.get("type", ""), "another value")


def of_type(wanted: str, schema: Schema) -> Check:
    """`type`: one type, which a broken node is spared from."""
    words = [title(schema)]
    texts = [schema.get("pattern", "")] if wanted == "string" else []
    simple = {"string": str, "boolean": bool}.get(wanted)

    def check(node: Node) -> Sequence[Finding]:
        if (type(node) is Scalar and type(node.value) is simple) or type(node) is Broken:
            return NOTHING
        if wanted in types_of(node):
            return NOTHING
        finding = Finding("expected", node, words)
        finding.texts = texts
        return [finding]

    return check


def of_enum(values: Sequence[Json], named: str | None) -> Check:
    """`enum` and `const`: one of the values, which are `named` together if they have a name."""
    words = [named] if named else [str(value) for value in values]
    choices = [value for value in values if isinstance(value, str)]
    texts = frozenset(choices)

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str:
            accepted = node.value in texts
        else:
            accepted = type(node) is Broken or any(equal(plain(node), value) for value in values)
        if accepted:
            return NOTHING
        finding = Finding("expected", node, words)
        finding.choices = choices
        return [finding]

    return check


def of_pattern(matches: Callable[[str], bool], pattern: str, schema: Schema) -> Check:
    """`pattern`: a text in which `matches` finds it."""
    words = [schema.get("title", f'a text that matches "{pattern}"')]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str and not matches(node.value):
            return [Finding("expected", node, words)]
        return NOTHING

    return check


def _bounds(low: float | None, high: float | None, what: str) -> list[str]:
    if low is not None and high is not None:
        return [f"{what} from {low} to {high}"]
    return [f"{what} of at least {low}" if high is None else f"{what} of at most {high}"]


def _within(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def of_length(schema: Schema) -> Check:
    """`minLength` and `maxLength`: the characters of a text."""
    low, high = schema.get("minLength"), schema.get("maxLength")
    words = (
        ["a text that is not empty"]
        if low == 1 and high is None
        else _bounds(low, high, "a text with a length")
    )

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Scalar and type(node.value) is str and not _within(len(node.value), low, high):
            return [Finding("expected", node, words)]
        return NOTHING

    return check


def of_range(schema: Schema) -> Check:
    """`minimum` and `maximum`: a number."""
    low, high = schema.get("minimum"), schema.get("maximum")
    words = _bounds(low, high, "a whole number" if schema.get("type") == "integer" else "a number")

    def check(node: Node) -> Sequence[Finding]:
        if (
            type(node) is not Scalar
            or isinstance(node.value, bool)
            or not isinstance(node.value, int | float)
        ):
            return NOTHING
        return NOTHING if _within(node.value, low, high) else [Finding("expected", node, words)]

    return check


def of_size(schema: Schema) -> Check:
    """`minItems` and `maxItems`: the items of a list."""
    low, high = schema.get("minItems"), schema.get("maxItems")
    words = (
        ["a list that is not empty"]
        if low == 1 and high is None
        else _bounds(low, high, "a list with a length")
    )

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is Sequential and not _within(len(node.items), low, high):
            return [Finding("expected", node, words)]
        return NOTHING

    return check


def of_items(each: Check) -> Check:
    """`items`: each of a list."""

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Sequential:
            return NOTHING
        findings: list[Finding] = []
        for index, item in enumerate(node.items):
            if found := each(item):
                findings += inside(index, found)
        return findings or NOTHING

    return check


def later(node: Node) -> Sequence[Finding]:
    """`not`, which our schemas have only at keys that a later version brings."""
    return [Finding("later", node, ())]


def of_one_of(alternatives: Sequence[Schema], schema: Schema) -> Check:
    """`oneOf`: exactly one of the keys that the alternatives require."""
    keys = [item["required"][0] for item in alternatives]
    exclusive = frozenset(keys)
    supported = [key for key in keys if "not" not in schema["properties"][key]]

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map or node.partial:
            return NOTHING
        present = exclusive & node.values.keys()
        return NOTHING if len(present) == 1 else [Finding("one_of", node, supported)]

    return check


def of_dependent_required(partners: Mapping[str, Sequence[str]]) -> Check:
    """`dependentRequired`: keys that are given together."""

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map or node.partial or partners.keys().isdisjoint(node.values):
            return NOTHING
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


def of_dependent_names(schemas: Mapping[str, Schema]) -> Check:
    """`dependentSchemas`: keys that go with another key."""
    allowed = {key: frozenset(schema["propertyNames"]["enum"]) for key, schema in schemas.items()}

    def check(node: Node) -> Sequence[Finding]:
        if type(node) is not Map:
            return NOTHING
        return [
            Finding("misplaced", key, [holder], str(key.value))
            for holder, names in allowed.items()
            if holder in node.values and not node.values.keys() <= names
            for key in node.keys
            if key.value not in names
        ]

    return check
