"""Values given to a run's params, bound to their declared types."""

from collections.abc import Mapping, Sequence

from slyflow.errors import UsageError
from slyflow.model.pipeline import Param
from slyflow.model.value import Json
from slyflow.syntax.check import compile_schema
from slyflow.syntax.document import parse_value
from slyflow.syntax.node import from_json
from slyflow.syntax.pattern import compile_pattern
from slyflow.syntax.scalar import ScalarError, resolve
from slyflow.syntax.schema import dotted
from slyflow.syntax.sentence import sentence
from slyflow.syntax.source import Source
from slyflow.text import did_you_mean

_WRITTEN_AS_JSON = ("array", "object")


def bind(params: Mapping[str, Param], given: Mapping[str, Json]) -> dict[str, Json]:
    """Return a value for every param, in their order: the given one, else its default.

    A string given to a param of another type is read as that type (`-p count=3`), an array or object
    as JSON. UsageError, naming everything that is wrong, for unknown, missing and unfit values.
    """
    unknown = [name for name in given if name not in params]
    wrong = [f'unknown param "{name}"{did_you_mean(name, params)}' for name in unknown]
    values: dict[str, Json] = {}
    for name, param in params.items():
        if name in given:
            values[name] = _read(param, given[name], wrong)
        elif param.required:
            wrong.append(f'param "{name}" ({param.type}) needs a value')
        else:
            values[name] = param.default
    if wrong:
        raise UsageError("\n".join(wrong), hint=_hint(params))
    return values


def _hint(params: Mapping[str, Param]) -> str:
    if not params:
        return "this pipeline has no params"
    return f"give values with -p name=value; this pipeline has {', '.join(sorted(params))}"


def _read(param: Param, value: Json, wrong: list[str]) -> Json:
    """Return the value in the param's type; what is wrong with it is added to `wrong`."""
    if isinstance(value, str) and param.type != "string":
        try:
            value = parse_value(value, "json") if param.type in _WRITTEN_AS_JSON else resolve(value)
        except ScalarError as error:
            wrong.append(f'param "{param.name}": {error}')
            return None
        except ValueError as error:
            wrong.append(f'param "{param.name}" must be JSON, such as {_example(param)}: {error}')
            return None

    def place(path: Sequence[str | int]) -> str:
        inner = f'"{dotted(path)}" in ' if path else ""
        return f'{inner}param "{param.name}"'

    nowhere = Source("", "")
    findings = compile_schema(param.schema, compile_pattern)(from_json(value))
    wrong.extend(sentence(finding, nowhere, place)[0] for finding in findings)
    if param.type == "integer" and isinstance(value, float) and not findings:
        return int(value)
    return value


def _example(param: Param) -> str:
    return '["a", "b"]' if param.type == "array" else '{"a": 1}'
