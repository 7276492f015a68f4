"""Where the outputs of an attempt are looked for: their sources with every expression filled in."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace

from slyflow.engine.move import View, Watch
from slyflow.errors import ExpressionError
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import (
    ContentSource,
    ExpressionSource,
    KnownSource,
    NameSource,
    OutputSource,
    PathSource,
    StateSource,
)
from slyflow.model.value import Expression, Json, Template
from slyflow.syntax.expression import Scope, evaluate


def wants_info(view: View, watch: Watch) -> bool:
    """Whether the session must be read before its outputs: an expression in a source may name `task`."""
    return watch.info is None and any(
        isinstance(getattr(spec.source, field.name), Expression | Template)
        for spec in view.action.outputs.values()
        if not isinstance(spec.source, ExpressionSource)
        for field in fields(spec.source)
    )


def queries(view: View, info: Mapping[str, Json] | None) -> Mapping[str, OutputSource]:
    """Return where to look for each output, by name; ExpressionError when one cannot be told."""
    scope = replace(view.scope(), task=info)
    return {
        name: _filled(spec.source, scope, view.run.files)
        for name, spec in view.action.outputs.items()
        if not isinstance(spec.source, ExpressionSource)
    }


def globs(view: View, info: Mapping[str, Json] | None) -> tuple[str, ...]:
    """Return the globs over Team Files that the step's outputs are found by, as far as they can be told."""
    scope = replace(view.scope(), task=info)
    found = []
    for spec in view.action.outputs.values():
        if isinstance(spec.source, PathSource | ContentSource):
            with suppress(ExpressionError):
                glob = str(evaluate(spec.source.glob, scope, view.run.files))
                found.append(glob.rstrip("/") + "/**" if spec.kind is Kind.FOLDER else glob)
    return tuple(found)


def _filled(source: OutputSource, scope: Scope, files: Mapping[str, str]) -> OutputSource:
    match source:
        case PathSource() | ContentSource():
            return replace(source, glob=evaluate(source.glob, scope, files))
        case NameSource():
            name, project = evaluate(source.name, scope, files), evaluate(source.project, scope, files)
            return replace(source, name=name, project=project)
        case KnownSource():
            return replace(source, value=evaluate(source.value, scope, files))
        case StateSource():
            return replace(source, field=evaluate(source.field, scope, files))
        case _:
            return source
