"""Tests of slyflow.graph.resolve: dependencies, and what is wrong with references and expressions."""

import time

import pytest

from slyflow.graph.resolve import resolve
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import LogSource
from slyflow.model.pipeline import Pipeline, Step, When
from slyflow.model.value import Dynamic
from tests.graph.build import app, cel, output, param, pipeline, text, value_output, values

FETCH = app("fetch", output("images", Kind.PROJECT), output("weights", Kind.MODEL_WEIGHT))


def messages(found: Pipeline) -> list[str]:
    return [problem.text for problem in resolve(found).problems]


def told(source: Dynamic, *steps: Step) -> list[str]:
    """Return the problems of one value after FETCH."""
    return messages(
        pipeline(
            FETCH,
            *steps,
            values("it", {"x": source}),
            params=[param("n", "integer"), param("list", "array", {"items": {"type": "number"}})],
            secrets=("KEY",),
        )
    )


def test_references_and_needs_make_dependencies() -> None:
    resolution = resolve(
        pipeline(
            FETCH,
            app("b", arguments={"a": [{"deep": text("x ", cel("steps.fetch.outputs.images"))}]}),
            app("c", needs=["b"], condition=cel("steps.fetch.succeeded")),
            values("d", {"x": cel("'steps.b.outputs.session'")}),
        )
    )
    assert resolution.problems == ()
    assert resolution.dag is not None
    assert [resolution.dag.needs(step) for step in "bcd"] == [("fetch",), ("fetch", "b"), ()]


def test_a_reference_may_stand_before_the_step_it_names() -> None:
    resolution = resolve(pipeline(values("b", {"x": cel("steps.a.outputs.x + 1")}), values("a", {"x": 1})))
    assert resolution.problems == ()
    assert resolution.dag is not None
    assert resolution.dag.order == ("a", "b")


def test_final_steps_read_every_step_and_need_only_each_other() -> None:
    resolution = resolve(
        pipeline(
            FETCH,
            values("tell", {"x": cel("steps.fetch.outputs.images"), "y": cel("run.status")}, is_final=True),
            values("last", {"x": cel("steps.tell.outputs.y + steps.fetch.status")}, is_final=True),
        )
    )
    assert resolution.problems == ()
    assert resolution.dag is not None
    assert resolution.dag.needs("tell") == ()
    assert resolution.dag.needs("last") == ("tell",)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("steps.fetsh.outputs.images", 'unknown step "fetsh", did you mean "fetch"?'),
        ("steps.__proto__.status", 'unknown step "__proto__"'),
        ("steps.constructor.outputs.x", 'unknown step "constructor"'),
        ("steps.fetch.outputs.image", 'step "fetch" declares no output "image", did you mean "images"?'),
        ("steps.fetch.outputs", "steps.fetch.outputs alone is no value; write steps.fetch.outputs.NAME"),
        ("steps.fetch.outputs['x'].__init__", "steps.fetch.outputs alone is no value"),
        ("steps.fetch", "steps.fetch alone is no value; add .outputs.NAME or .status"),
        ("steps", "steps alone is no value; write steps.ID.outputs.NAME"),
        ("steps.fetch.succeded", 'a step has no "succeded", did you mean "succeeded"?'),
        ("steps.fetch.legs", "legs belong to fan-out steps, which are not supported yet"),
        ("steps.it.outputs.x", 'step "it" refers to itself'),
        ("params.m", 'unknown param "m"'),
        ("params", "params alone is no value; write params.NAME"),
        ("secrets.KEYS", 'unknown secret "KEYS", did you mean "KEY"?'),
        ("step.fetch", 'unknown name "step", did you mean "steps"?'),
        ("matrix.model", '"matrix" belongs to fan-out steps, which are not supported yet'),
        ("run.status", '"run.status" is known only in finally'),
        ("run.nmae", 'unknown run value "nmae", did you mean "name"?'),
        ("session.id", '"session" is known only in outputs, node and success_when'),
        ("task.meta", '"task" is known only in outputs and success_when'),
        ("outputs.x", '"outputs" is known only in success_when'),
        ("user.name", 'unknown user value "name"'),
        ("steps.fetch.outputs.images + 'x'", "+ does not take an integer and a string"),
        ("steps.fetch.outputs.weights + 1", "+ does not take a string and an integer"),
        ("params.list == ['a']", "cannot compare a list with a list"),
    ],
)
def test_wrong_references_are_told_with_a_suggestion(source: str, said: str) -> None:
    (message,) = told(cel(source))
    assert message.startswith(said)


@pytest.mark.parametrize(
    "source",
    [
        "params.n + 1",
        "secrets.KEY + run.id + run.name + run.started_at + instance.url",
        "user.id + workspace.id + workspace.team_id",
        "steps.fetch.outputs.images + steps.fetch.outputs.session",
        "steps.fetch.outputs.images.name + steps.fetch.outputs.weights",
        "steps.fetch.outputs.images.url == null",
        "params.list.map(run, run * 2.0)",
    ],
)
def test_names_known_everywhere_have_types(source: str) -> None:
    assert told(cel(source)) == []


def test_undeclared_outputs_list_what_the_step_declares() -> None:
    (problem,) = resolve(pipeline(FETCH, values("b", {"x": cel("steps.fetch.outputs.nope")}))).problems
    assert (problem.slug, problem.hint) == ("undeclared-output", "it declares images, session, weights")
    assert problem.span.column == 5 + len("steps.fetch.outputs.")


def test_wrong_needs_are_told() -> None:
    found = pipeline(
        FETCH,
        values("a", {}, needs=["fetsh", "a", "tell"]),
        values("tell", {}, needs=["fetch", "tell"], is_final=True),
    )
    assert sorted(messages(found)) == [
        '"fetch" always runs before finally',
        'step "a" needs itself',
        'step "tell" does not run before: it stands in finally',
        'step "tell" needs itself',
        'unknown step "fetsh", did you mean "fetch"?',
    ]


def test_a_step_cannot_read_what_stands_in_finally() -> None:
    found = pipeline(values("a", {"x": cel("steps.tell.status")}), values("tell", {}, is_final=True))
    assert messages(found) == ['step "tell" does not run before: it stands in finally']


def test_a_cycle_is_a_path_placed_at_the_reference_of_its_first_step() -> None:
    resolution = resolve(
        pipeline(
            values("a", {"x": cel("steps.c.outputs.x")}),
            values("b", {"x": cel("steps.a.outputs.x")}),
            values("c", {"x": cel("steps.b.outputs.x")}),
        )
    )
    (problem,) = resolution.problems
    assert resolution.dag is None
    assert (problem.slug, problem.text) == (
        "cycle",
        "the steps need each other in a circle: a → c → b → a",
    )


def test_every_cycle_is_told() -> None:
    steps = [values(name, {}, needs=[other]) for name, other in ("ab", "ba", "cd", "dc")]
    assert messages(pipeline(*steps)) == [
        "the steps need each other in a circle: a → b → a",
        "the steps need each other in a circle: c → d → c",
    ]


def test_values_have_the_types_of_their_expressions() -> None:
    given: dict[str, Dynamic] = {
        "number": cel("1.5 * 2.0"),
        "text": text("a", cel("params.n")),
        "list": [1],
        "constant": 3,
        "bare": cel("steps.fetch.outputs.weights"),
    }
    later: dict[str, Dynamic] = {
        name: cel(f"steps.first.outputs.{name} + true") for name in ("number", "text", "constant", "bare")
    }
    found = pipeline(values("second", later), FETCH, values("first", given), params=[param("n", "integer")])
    assert messages(found) == [
        "+ does not take a number and a boolean",
        "+ does not take a string and a boolean",
        "+ does not take an integer and a boolean",
        "+ does not take a string and a boolean",
    ]


def test_declared_types_of_outputs_are_held_against_their_expressions() -> None:
    found = pipeline(
        app(
            "a",
            value_output("good", cel("1 + 1"), "number"),
            value_output("bad", cel("'x' + 'y'"), "number"),
            value_output("open", cel("task.meta.x"), "string"),
            output("line", Kind.VALUE, LogSource("x (.*)")),
            success_when=cel("outputs.good > 0.5 && outputs.open == outputs.line && session.attempt == 1"),
        ),
        values("b", {"x": cel("steps.a.outputs.line + 1")}),
    )
    assert messages(found) == [
        'output "bad" is declared as a number, its expression gives a string',
        "+ does not take a string and an integer",
    ]


def test_conditions_must_be_boolean() -> None:
    found = pipeline(
        values("a", {}, condition=cel("1 + 1")),
        values("b", {}, condition=text("x", cel("true"))),
        values("c", {}, condition=cel("run.id == 'x'")),
        app("d", success_when=cel("session.id")),
    )
    assert sorted(messages(found)) == [
        "if is a string, expected one whole expression",
        "if is an integer, expected true or false",
        "success_when is an integer, expected true or false",
    ]


def test_lists_and_maps_do_not_stand_inside_strings() -> None:
    assert told(text("x", cel("params.list"), cel("params.n"))) == ["a list cannot stand inside a string"]


def test_an_output_that_may_be_null_is_not_handed_on_as_it_is() -> None:
    risky = app("risky", allow_failure=True)
    source = "steps.risky.outputs.session"
    assert messages(pipeline(risky, app("b", arguments={"x": cel(source)}))) == [
        'step "risky" may fail (allow_failure), its output "session" is null then'
    ]
    assert messages(pipeline(risky, app("b", arguments={"x": cel(f"default({source}, 1)")}))) == []
    assert messages(pipeline(risky, app("b", arguments={"x": cel(source)}, when=When.ALWAYS))) == []
    assert messages(pipeline(risky, app("b", arguments={"x": cel(source)}, is_final=True))) == []


def test_null_is_compared_only_where_it_can_be() -> None:
    source = "steps.fetch.outputs.images == null"
    assert messages(pipeline(FETCH, values("b", {"x": cel(source)}))) == [
        "cannot compare an integer with null"
    ]
    assert messages(pipeline(FETCH, values("b", {"x": cel(source)}, when=When.NO_FAILURE))) == []


def test_outputs_of_the_pipeline_are_checked_too() -> None:
    found = pipeline(
        FETCH, outputs={"a": cel("steps.fetch.outputs.images == null"), "b": cel("steps.nope.status")}
    )
    assert messages(found) == ['unknown step "nope"']


def test_a_complete_digraph_of_two_hundred_steps_fails_fast() -> None:
    names = [f"s{index}" for index in range(200)]
    steps = [values(name, {}, needs=[other for other in names if other != name]) for name in names]
    started = time.process_time()
    resolution = resolve(pipeline(*steps))
    assert time.process_time() - started < 2.0
    assert resolution.dag is None


def test_ten_thousand_steps_are_resolved_without_recursion() -> None:
    count = 10_000
    steps = [values("s0", {"x": 1})]
    steps += [values(f"s{i}", {"x": cel(f"steps.s{i - 1}.outputs.x")}) for i in range(1, count)]
    resolution = resolve(pipeline(*steps))
    assert resolution.problems == ()
    assert resolution.dag is not None
    assert len(resolution.dag.waves()) == count


def test_secrets_that_the_instance_would_show_are_warned_of() -> None:
    found = pipeline(
        app("a", arguments={"deep": [text("x", cel("secrets.KEY + run.id"))]}, title=cel("secrets.KEY")),
        values("b", {"x": cel("secrets.KEY")}),
        secrets=("KEY",),
    )
    problems = resolve(found).problems
    assert [problem.severity for problem in problems] == ["warning", "warning"]
    assert (
        problems[0].message
        == 'the secret "KEY" can be read by the whole team in the arguments of the session'
    )
