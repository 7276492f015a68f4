"""Whole pipelines made up at random from the language's own schema, right and wrong in about equal parts."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from slyflow.syntax.schema import load_schema

_EXPRESSIONS = (
    "params.n",
    "params.n > 1 ? 'a' : 'b'",
    "steps.a.outputs.x",
    "steps.b.outputs.session + 1",
    "steps.c.succeeded && steps.a.status == 'failed'",
    "secrets.KEY",
    "run.id",
    "run.status",
    "outputs.x > 0",
    "task.meta.output.project.id",
    "max_by([1], [2])",
    "default(steps.a.outputs.x, null)",
    "[1, 2].map(i, i * params.n)",
    "json({'a': [params.n]})",
    "params.n +",
    "'",
    "nothing",
    "steps.self.outputs.x",
    "has(params.n)",
    "{}[0]",
)
_FORMS = (
    *("A + B", "A == B", "A && B", "A ? A : B", "(A)", "[A, B]", "{'k': A}", "!A", "-A", "A in B", "A[B]"),
    *(
        "A.size()",
        "size(A)",
        "string(A)",
        "int(A)",
        "A.x",
        "A.map(i, i + B)",
        "A.?x.orValue(B)",
        "default(A, B)",
    ),
    *(
        "max_by(A, B)",
        "json(A)",
        "merge(A, B)",
        "chunks(A, 2)",
        "cel.bind(v, A, v + B)",
        "A.matches('(a+)+$')",
    ),
    *("optional.of(A)", "timestamp(A)", "b'x'", "1u", "r'A'", "A // B", "dyn(A)", "type(A)", "A % B"),
)
_TEXTS = (
    "a",
    "x",
    "1.10",
    "me/app@v1.0.0",
    "15m",
    "/files/**",
    "#ffffff",
    "cloud-upload",
    "project",
    "",
    "a b",
)
_NUMBERS = (0, 1, -1, 2**63 - 1, 2**64, 0.5, 1e308, True, None)
_IDS = ("a", "b", "c", "self", "a-b", "in", "__proto__", "constructor", "А")
_DEPTH = 6


class Maker:
    """Makes up values that a schema describes, or nearly."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._root = load_schema()

    def pipeline(self) -> str:
        """Return the text of a pipeline, as JSON, which is YAML."""
        made = self._value(self._root, 0)
        if isinstance(made, dict) and self._random.randint(1, 10) > 1:
            made["slyflow"] = 1
            made["params"] = {"n": {"type": self._random.choice(("integer", "number", "string", "array"))}}
            made["steps"] = {name: self._step() for name in self._some(_IDS)}
        return json.dumps(
            made, ensure_ascii=self._random.random() < 0.5, indent=self._random.choice((None, 1, 2))
        )

    def _step(self) -> Any:
        if self._random.randint(1, 2) == 1:
            return self._value(self._named("step"), 0)
        # The expressions of a step with a wrong shape are not looked at.
        step: dict[str, Any] = {"values": {name: self._text() for name in ("x", "y")}}
        if self._random.randint(1, 3) == 1:
            step["needs"] = self._random.sample(_IDS[:4], self._random.randint(1, 3))
        if self._random.randint(1, 3) == 1:
            step["if"] = f"${{{{ {self._expression(0)} }}}}"
        return step

    def _expression(self, depth: int) -> str:
        if depth > 3 or self._random.randint(1, 3) == 1:
            return self._random.choice(_EXPRESSIONS)
        form = self._random.choice(_FORMS)
        return form.replace("A", self._expression(depth + 1)).replace("B", self._expression(depth + 1))

    def _named(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._root["$defs"][name]
        return found

    def _some(self, names: Any) -> list[str]:
        names = list(names)
        return self._random.sample(names, self._random.randint(0, min(4, len(names))))

    def _value(self, schema: Mapping[str, Any], depth: int) -> Any:
        if self._random.randint(1, 25) == 1 or depth > _DEPTH:
            return self._anything(depth)
        if "$ref" in schema:
            return self._value(self._named(schema["$ref"].removeprefix("#/$defs/")), depth + 1)
        if "anyOf" in schema:
            return self._value(self._random.choice(schema["anyOf"]), depth + 1)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        return self._typed(schema, depth)

    def _typed(self, schema: Mapping[str, Any], depth: int) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema, depth)
            case "array":
                items = schema.get("items", {})
                return [self._value(items, depth + 1) for _ in range(self._random.randint(0, 3))]
            case "string":
                return self._text()
            case "integer" | "number" | "boolean":
                return self._random.choice(_NUMBERS)
            case _:
                return self._anything(depth)

    def _object(self, schema: Mapping[str, Any], depth: int) -> Any:
        properties = schema.get("properties", {})
        keys = [*schema.get("required", ()), *self._some(properties)]
        made = {key: self._value(properties.get(key, {}), depth + 1) for key in keys}
        extra = schema.get("additionalProperties", True)
        if extra is not False or self._random.randint(1, 10) == 1:
            inner = extra if isinstance(extra, Mapping) else {}
            made |= {name: self._value(inner, depth + 1) for name in self._some(_IDS)}
        return made

    def _text(self) -> str:
        expression = f"${{{{ {self._expression(0)} }}}}"
        return self._random.choice(
            (self._random.choice(_TEXTS), expression, f"a {expression} b {expression}")
        )

    def _anything(self, depth: int) -> Any:
        choice = self._random.randint(1, 4)
        if choice == 1:
            return self._random.choice(_NUMBERS)
        if choice == 2 and depth < _DEPTH:
            return [self._anything(depth + 1) for _ in range(self._random.randint(0, 2))]
        if choice == 3 and depth < _DEPTH:
            return {name: self._anything(depth + 1) for name in self._some(_IDS)}
        return self._text()
