"""The published schema of the pipeline language: where it lies, and a document checked against it."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from slyflow.problem import Problem
from slyflow.syntax.check import Check, Schema, compile_schema
from slyflow.syntax.finding import to_problems
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.source import Source

_NAME = "schemas/pipeline.v1.schema.json"


def schema_path() -> Path:
    """Return where the schema lies: in the package when it is installed, beside the package in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / _NAME
    return installed if installed.exists() else package.parent / _NAME


def load_schema() -> Schema:
    """Return the published schema."""
    schema: Schema = json.loads(schema_path().read_text(encoding="utf-8"))
    return schema


@cache
def _compiled() -> Check:
    return compile_schema(load_schema())


def check(root: Node, source: Source) -> tuple[list[Problem], set[tuple[str | int, ...]]]:
    """Return the problems of a document's shape, and the paths at which they stand."""
    findings = _compiled()(root)
    return to_problems(findings, source, name_of), {finding.full_path for finding in findings}


def name_of(path: Sequence[str | int]) -> str:
    """Name a place in a pipeline in words: `"retry.max" of step "train"`."""
    match path:
        case []:
            return "the pipeline"
        case ["steps" | "finally", step]:
            return f'step "{step}"'
        case ["steps" | "finally", step, *rest]:
            return f'"{dotted(rest)}" of step "{step}"'
        case ["params", param]:
            return f'param "{param}"'
        case ["params", param, *rest]:
            return f'"{dotted(rest)}" of param "{param}"'
        case _:
            return f'"{dotted(path)}"'


def dotted(path: Sequence[str | int]) -> str:
    """Return `a.b[2].c`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def newer_version(root: Node) -> int | None:
    """Return the language version a document asks for when it is newer than this slyflow reads."""
    if type(root) is not Map or "slyflow" not in root.values:
        return None
    found = root.values["slyflow"]
    value = found.value if type(found) is Scalar else None
    return value if type(value) is int and value > 1 else None
