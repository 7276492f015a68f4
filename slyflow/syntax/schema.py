"""The published schema of the pipeline language: where it lies, and a document checked against it."""

import json
import os
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from slyflow.problem import Problem
from slyflow.syntax.check import compile_schema
from slyflow.syntax.keyword import Check, Schema
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.source import Source

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "schemas/pipeline.v1.schema.json"


def schema_path() -> "Path":
    """Return where the schema lies: in the package when it is installed, beside the package in a checkout."""
    from pathlib import Path

    return Path(_place())


def _place() -> str:
    package = __file__.rsplit("/", 2)[0]
    installed = f"{package}/{_NAME}"
    # Not by pathlib, which takes longer to import than a file's check takes.
    return installed if os.path.exists(installed) else f"{package}/../{_NAME}"  # noqa: PTH110


def load_schema() -> Schema:
    """Return the published schema."""
    with open(_place(), encoding="utf-8") as file:  # noqa: PTH123  # as above
        schema: Schema = json.load(file)
    return schema


@cache
def _compiled() -> Check:
    return compile_schema(load_schema())


def check(root: Node, source: Source) -> tuple[list[Problem], set[tuple[str | int, ...]]]:
    """Return the problems of a document's shape, and the paths at which they stand."""
    findings = _compiled()(root)
    if not findings:
        return [], set()
    from slyflow.syntax.sentence import to_problems  # a good file does not pay for them

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
