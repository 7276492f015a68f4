"""Old instances have no workflow graph: a step that requires edges is refused there."""

from typing import Any

import pytest

from slyflow.errors import Unsupported
from slyflow.model.artifact import Kind
from slyflow.model.outputsource import KnownSource
from slyflow.model.pipeline import AppAction, AppRef, InputSpec, OutputSpec, Pipeline, Step, WorkflowPolicy
from slyflow.model.value import Field
from slyflow.problem import Span
from slyflow.running.graphless import missing_graph, unwritable

SPAN = Span("p.yaml", 1, 1, 1, 1)


def _pipeline(policy: WorkflowPolicy, kind: Kind = Kind.PROJECT) -> Pipeline:
    inputs = {"x": InputSpec("x", kind, 1, span=SPAN)}
    action = AppAction(AppRef(slug="a/b", span=SPAN), inputs=inputs, workflow=policy)
    return Pipeline("p", "p.yaml", {"one": Step("one", action, span=SPAN)})


@pytest.mark.parametrize("version", ["6.11.11", "6.17.8", "7.0.0", None, "unknown"])
def test_a_new_instance_has_it(version: str | None) -> None:
    assert missing_graph(version, _pipeline("required", Kind.JOB)) == ()
    assert unwritable(version) == frozenset()


def test_an_old_instance_is_warned_of() -> None:
    (warning,) = missing_graph("6.9.30", _pipeline("best_effort"))
    assert "6.9.30" in warning
    assert "6.9.31" in warning
    assert missing_graph("6.9.30", _pipeline("off")) == ()
    assert unwritable("6.9.30") == frozenset(Kind)


def test_labeling_jobs_came_later() -> None:
    assert missing_graph("6.10.0", _pipeline("best_effort")) == ()
    (warning,) = missing_graph("6.10.0", _pipeline("best_effort", Kind.JOB))
    assert "6.11.11" in warning
    assert unwritable("6.10.0") == {Kind.JOB}


JOB_OUTPUT = OutputSpec("job", Kind.JOB, KnownSource(Kind.JOB, 5), span=SPAN)


@pytest.mark.parametrize(
    "uses",
    [{"outputs": {"job": JOB_OUTPUT}}, {"target": {"labeling_job": Field(5, SPAN, SPAN, lambda span: span)}}],
    ids=["output", "target"],
)
def test_a_step_uses_jobs_by_its_outputs_and_its_target_too(uses: Any) -> None:
    action = AppAction(AppRef(slug="a/b", span=SPAN), workflow="required", **uses)
    pipeline = Pipeline("p", "p.yaml", {"one": Step("one", action, span=SPAN)})
    with pytest.raises(Unsupported, match=r"6\.11\.11"):
        missing_graph("6.10.0", pipeline)


def test_every_step_concerned_is_named() -> None:
    action = _pipeline("best_effort").steps["one"].action
    steps = {name: Step(name, action, span=SPAN) for name in ("one", "two")}
    (warning,) = missing_graph("6.9.0", Pipeline("p", "p.yaml", steps))
    assert "one, two" in warning


def test_required_edges_are_refused_before_anything_is_launched() -> None:
    with pytest.raises(Unsupported, match=r"6\.9\.31"):
        missing_graph("6.9.1", _pipeline("required"))


def test_a_later_step_that_requires_edges_is_not_hidden_by_an_earlier_warning() -> None:
    first = _pipeline("best_effort").steps["one"]
    second = Step("two", _pipeline("required").steps["one"].action, span=SPAN)
    with pytest.raises(Unsupported, match="step two"):
        missing_graph("6.9.0", Pipeline("p", "p.yaml", {"one": first, "two": second}))
