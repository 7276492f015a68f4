"""Tests of slyflow.syntax.expression.scope."""

import pytest

from slyflow.model.artifact import Artifact, Computed, Kind
from slyflow.model.launch import Workspace
from slyflow.model.run import StepResult, StepStatus
from slyflow.model.value import Json
from slyflow.secret import Secret
from slyflow.syntax.expression import Scope

WEIGHT = Artifact(Kind.MODEL_WEIGHT, id=8, path="/w/best.pt", name="best.pt", url="/files/8")
SCOPE = Scope(
    params={"x": {"y": 1}},
    secrets={"KEY": Secret("hush")},
    run={"id": "r1"},
    instance_url="https://sly",
    user_id=4,
    workspace=Workspace(3, 2),
    steps={"a": StepResult(StepStatus.SUCCEEDED, {"w": WEIGHT, "v": Computed([1])}, session_id=9)},
    session={"id": 9, "url": "/u", "attempt": 1},
    task={"meta": {}},
    response="pong",
    outputs={"w": WEIGHT, "none": None},
)


@pytest.mark.parametrize(
    ("name", "value", "length"),
    [
        ("params.x.y", {"y": 1}, 2),
        ("secrets.KEY", "hush", 2),
        ("run.id", "r1", 2),
        ("instance.url", "https://sly", 2),
        ("user.id", 4, 2),
        ("workspace.id", 3, 2),
        ("workspace.team_id", 2, 2),
        ("session.attempt", 1, 2),
        ("task.meta", {"meta": {}}, 1),
        ("response", "pong", 1),
        ("steps.a.status", "succeeded", 3),
        ("steps.a.succeeded", True, 3),
        ("steps.a.skipped", False, 3),
        ("steps.a.outputs.w", "/w/best.pt", 4),
        ("steps.a.outputs.w.id", 8, 5),
        ("steps.a.outputs.w.path", "/w/best.pt", 5),
        ("steps.a.outputs.w.name", "best.pt", 5),
        ("steps.a.outputs.w.url", "/files/8", 5),
        ("steps.a.outputs.v.id", [1], 4),
        ("steps.a.outputs.session", 9, 4),
        ("outputs.w.url", "/files/8", 3),
        ("outputs.none", None, 2),
    ],
)
def test_the_longest_declared_name_is_found(name: str, value: Json, length: int) -> None:
    assert SCOPE.find(tuple(name.split("."))) == (value, length)


@pytest.mark.parametrize(
    "name",
    [
        "params",
        "params.z",
        "secrets.Z",
        "run.status",
        "steps.z.status",
        "steps.a.z",
        "steps.a",
        "outputs.z",
        "user",
        "z",
    ],
)
def test_other_names_are_not_known(name: str) -> None:
    assert SCOPE.find(tuple(name.split("."))) is None


@pytest.mark.parametrize("name", ["session.id", "workspace.id", "outputs.w"])
def test_what_a_place_does_not_have_is_not_known(name: str) -> None:
    assert Scope().find(tuple(name.split("."))) is None


def test_a_scope_does_not_print_its_secrets() -> None:
    assert "hush" not in repr(SCOPE)
