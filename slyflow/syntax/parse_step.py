"""One step: its action, and the conditions around it."""

from collections.abc import Mapping
from typing import cast

from slyflow.model.pipeline import (
    AppAction,
    AppRef,
    LaunchPolicy,
    Need,
    Retry,
    Step,
    Timeout,
    ValuesAction,
    When,
)
from slyflow.syntax.node import Map, Node, Scalar
from slyflow.syntax.parse_node import parse_inputs, parse_node
from slyflow.syntax.parse_output import parse_outputs
from slyflow.syntax.reader import Reader, items
from slyflow.syntax.settings import Settings, parse_settings


def parse_step(reader: Reader, key: Scalar, node: Map, defaults: Settings, *, is_final: bool) -> Step:
    """Return the step that `key` names; `defaults` are merged into it."""
    given = node.values.get
    launches = "app" in node.values
    settings = parse_settings(reader, node, defaults) if launches else None
    when = reader.text(given("when"))
    return Step(
        str(key.value),
        _app(reader, node.values, settings)
        if settings
        else ValuesAction(reader.fields(node.values["values"])),
        description=reader.text(given("description")),
        needs=tuple(Need(reader.text(item) or "", reader.span(item)) for item in items(given("needs"))),
        when=When(when) if when else When.ALWAYS if is_final else When.SUCCESS,
        condition=reader.whole(given("if")),
        retry=settings.retry if settings else Retry(),
        timeout=settings.timeout if settings else Timeout(),
        allow_failure=reader.flag(given("allow_failure"), default=False),
        is_final=is_final,
        span=reader.span(key),
    )


def _app(reader: Reader, values: Mapping[str, Node], settings: Settings) -> AppAction:
    given = values.get
    target, arguments = given("target"), given("arguments")
    accepted = tuple(reader.text(item) or "" for item in items(given("accept_status")))
    return AppAction(
        _app_ref(reader, values["app"]),
        target=reader.expression_or_fields(target) if target else None,
        arguments=reader.expression_or_fields(arguments, files=True) if arguments else {},
        merge_defaults=reader.flag(given("merge_defaults"), default=True),
        title=reader.optional(given("title")),
        workspace=settings.workspace,
        agent=settings.agent,
        user=reader.optional(given("user")),
        multi_user=reader.flag(given("multi_user"), default=False),
        log_level=settings.log_level,
        restart_policy=settings.restart_policy,
        kubernetes=settings.kubernetes,
        limit_by_workspace=reader.flag(given("limit_by_workspace"), default=False),
        accept_status=accepted or ("finished",),
        launch=cast(LaunchPolicy, reader.text(given("launch")) or "relaunch"),
        inputs=parse_inputs(reader, given("inputs")),
        outputs=parse_outputs(reader, given("outputs")),
        success_when=reader.whole(given("success_when")),
        node=parse_node(reader, given("node")),
        workflow=settings.workflow,
    )


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
