"""Values as a person writes them in a pipeline: nothing is evaluated."""

import json
from collections.abc import Mapping

from slyflow.model.value import Dynamic, Expression, FromFile, Template


def written(value: Dynamic) -> str:
    """Return a value as a person would write it: text bare, expressions in `${{ }}`, the rest as JSON."""
    return value if isinstance(value, str) else _json(value)


def _json(value: Dynamic) -> str:
    match value:
        case Expression():
            return f"${{{{ {value.source.strip()} }}}}"
        case Template():
            return "".join(part if isinstance(part, str) else _json(part) for part in value.parts)
        case FromFile():
            return f"{{from_file: {value.path}, as: {value.form}}}"
        case str() | None | bool() | int() | float():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return "{" + ", ".join(f"{key}: {_json(item)}" for key, item in value.items()) + "}"
        case _:
            return "[" + ", ".join(_json(item) for item in value) + "]"
