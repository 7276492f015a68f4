"""Tests of slyflow.graph.place: that no expression of a step is overlooked."""

from slyflow.graph.place import Allow, places
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import (
    ContentSource,
    CreatedSource,
    ExpressionSource,
    KnownSource,
    NameSource,
    OutputSource,
    PathSource,
    StateSource,
)
from slyflow.model.pipeline import AppAction, AppRef, InputSpec, NodeSpec, OutputSpec, Step
from slyflow.syntax.expression import expressions
from tests.graph.build import NOWHERE, cel, fields, values


def output(name: str, kind: Kind, source: OutputSource, card: NodeSpec | None = None) -> OutputSpec:
    return OutputSpec(name, kind, source, card=card, span=NOWHERE)


STEP = Step(
    "s",
    AppAction(
        AppRef(slug="a/b", span=NOWHERE),
        target=fields({"project": cel("target")}),
        arguments=fields({"x": [{"deep": cel("argument")}]}),
        title=cel("title"),
        user=cel("user"),
        inputs={
            "i": InputSpec(
                "i",
                Kind.PROJECT,
                cel("input"),
                version_num=cel("version"),
                card=NodeSpec(title=cel("input_card"), span=NOWHERE),
                span=NOWHERE,
            )
        },
        outputs={
            "path": output("path", Kind.FILE, PathSource(Kind.FILE, cel("glob"))),
            "name": output("name", Kind.DATASET, NameSource(Kind.DATASET, cel("name"), cel("project"))),
            "known": output("known", Kind.PROJECT, KnownSource(Kind.PROJECT, cel("known"))),
            "made": output(
                "made", Kind.FILE, CreatedSource(Kind.FILE), NodeSpec(url=cel("card"), span=NOWHERE)
            ),
            "value": output("value", Kind.VALUE, ExpressionSource(cel("value"))),
            "state": output("state", Kind.VALUE, StateSource(cel("field"))),
            "file": output("file", Kind.VALUE, ContentSource(cel("content"), "json")),
        },
        success_when=cel("success"),
        node=NodeSpec(
            title=cel("node_title"),
            description=cel("node_description"),
            icon=cel("icon"),
            icon_color=cel("icon_color"),
            icon_bg_color=cel("icon_bg_color"),
            url=cel("url"),
            url_title=cel("url_title"),
            span=NOWHERE,
        ),
    ),
    condition=cel("condition"),
    span=NOWHERE,
)


def test_every_expression_of_an_app_step_stands_at_a_place() -> None:
    found = {
        expression.source: (place.key, place.allow)
        for place in places(STEP)
        for expression in expressions(place.value)
    }
    both = Allow.SESSION | Allow.TASK
    assert found == {
        "condition": ("if", Allow.NOTHING),
        "target": ("target", Allow.NOTHING),
        "argument": ("arguments", Allow.NOTHING),
        "title": ("title", Allow.NOTHING),
        "user": ("user", Allow.NOTHING),
        "input": ("inputs", Allow.NOTHING),
        "version": ("inputs", Allow.NOTHING),
        **dict.fromkeys(("glob", "name", "project", "known", "value", "field", "content"), ("outputs", both)),
        "success": ("success_when", both | Allow.OUTPUTS),
        **dict.fromkeys(("input_card", "card", "node_title", "node_description"), ("node", Allow.SESSION)),
        **dict.fromkeys(("icon", "icon_color", "icon_bg_color", "url", "url_title"), ("node", Allow.SESSION)),
    }


def test_a_whole_expression_may_stand_for_a_map() -> None:
    action = AppAction(AppRef(slug="a/b", span=NOWHERE), target=cel("t"), arguments=cel("a"))
    found = [place.value for place in places(Step("s", action, span=NOWHERE)) if place.value is not None]
    assert found == [cel("t"), cel("a")]


def test_values_are_outputs_of_their_step() -> None:
    found = [(place.key, place.output) for place in places(values("v", {"a": 1, "b": cel("x")}))]
    assert found == [("values", "a"), ("values", "b")]
