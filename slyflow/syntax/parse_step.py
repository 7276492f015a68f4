"""One step: its action, and the conditions around it."""

from collections.abc import Callable, Mapping
from typing import Any

from slyflow.model.pipeline import AppAction, AppRef, Need, Step, ValuesAction, When
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.parse_node import parse_inputs, parse_node
from slyflow.syntax.parse_output import parse_outputs
from slyflow.syntax.reader import Reader, items
from slyflow.syntax.settings import Settings, parse_settings


def parse_step(reader: Reader, key: Scalar, node: Map, defaults: Settings, *, is_final: bool) -> Step:
    """Return the step that `key` names; `defaults` are merged into it."""
    values = node.values
    given = _given(reader, values, _OF_STEP)
    if "if" in values:
        given["condition"] = reader.whole(values["if"])
    if is_final:
        given.setdefault("when", When.ALWAYS)
    name, span = str(key.value), reader.span(key)
    if "app" not in values:
        action = ValuesAction(reader.fields(values["values"]))
        return Step(name, action, is_final=is_final, span=span, **given)
    settings = parse_settings(reader, node, defaults)
    return Step(
        name,
        _app(reader, values, settings),
        retry=settings.retry,
        timeout=settings.timeout,
        is_final=is_final,
        span=span,
        **given,
    )


def _app(reader: Reader, values: Mapping[str, Node], settings: Settings) -> AppAction:
    return AppAction(
        _app_ref(reader, values["app"]),
        workspace=settings.workspace,
        agent=settings.agent,
        log_level=settings.log_level,
        restart_policy=settings.restart_policy,
        kubernetes=settings.kubernetes,
        workflow=settings.workflow,
        **_given(reader, values, _OF_APP),
    )


def _given(
    reader: Reader, values: Mapping[str, Node], keys: Mapping[str, Callable[[Reader, Node], Any]]
) -> dict[str, Any]:
    """Return what a step says under some keys; a step has few of the many it could have."""
    return {name: keys[name](reader, node) for name, node in values.items() if name in keys}


def _app_ref(reader: Reader, node: Node) -> AppRef:
    span = reader.span(node)
    if isinstance(node, Map):
        given = node.values.get
        module, tag = given("module_id"), given("version")
        return AppRef(
            slug=reader.text(given("slug")),
            module_id=int(reader.number(module)) if module else None,
            name=reader.text(given("name")),
            path=reader.text(given("path")),
            version=reader.text(tag),
            branch=reader.text(given("branch")),
            version_span=reader.span(tag) if tag else None,
            span=span,
        )
    slug, _, version = (reader.text(node) or "").partition("@")
    return AppRef(slug=slug, version=version or None, span=span)


def _needs(reader: Reader, node: Node) -> tuple[Need, ...]:
    return tuple(Need(reader.text(item) or "", reader.span(item)) for item in items(node))


def _when(reader: Reader, node: Node) -> When:
    return When(reader.text(node) or "")


def _arguments(reader: Reader, node: Node) -> object:
    return reader.expression_or_fields(node, files=True)


def _accepted(reader: Reader, node: Node) -> tuple[str, ...]:
    return tuple(reader.text(item) or "" for item in items(node)) or ("finished",)


_OF_STEP: Mapping[str, Callable[[Reader, Node], Any]] = {
    "description": Reader.text,
    "needs": _needs,
    "when": _when,
    "allow_failure": Reader.flag,
}
_OF_APP: Mapping[str, Callable[[Reader, Node], Any]] = {
    "target": Reader.expression_or_fields,
    "arguments": _arguments,
    "merge_defaults": Reader.flag,
    "title": Reader.dynamic,
    "user": Reader.dynamic,
    "multi_user": Reader.flag,
    "limit_by_workspace": Reader.flag,
    "accept_status": _accepted,
    "launch": Reader.text,
    "inputs": parse_inputs,
    "outputs": parse_outputs,
    "success_when": Reader.whole,
    "node": parse_node,
}
"""The keys of a step that have the names of their fields."""
