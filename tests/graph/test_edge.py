"""Tests of slyflow.graph.edge: the edges that a step will write."""

from slyflow.graph.edge import PlannedEdge, planned_edges
from slyflow.model.artifact import Kind
from slyflow.model.pipeline import AppAction
from slyflow.syntax.load import load_source


def edges(step: str) -> list[tuple[str, str, str]]:
    return [(edge.direction, edge.name, edge.kind.value) for edge in planned(step)]


def planned(step: str) -> tuple[PlannedEdge, ...]:
    loaded = load_source(f"slyflow: 1\nsteps:\n  a:\n    app: me/x@v1\n{step}", "p.yaml", {})
    assert loaded.pipeline is not None, loaded.problems
    action = loaded.pipeline.steps["a"].action
    assert isinstance(action, AppAction)
    return planned_edges(action)


def test_a_target_is_an_input_where_it_names_data() -> None:
    assert edges("    target: {images_project: 1}\n") == [("input", "images_project", "project")]
    assert edges("    target: {files_folder: /a/}\n") == [("input", "files_folder", "folder")]
    assert edges("    target: {labeling_job: 1}\n") == [("input", "labeling_job", "job")]
    assert edges("    target: {team: 1}\n") == []
    assert edges('    target: "${{ {} }}"\n') == [], "what it names only a run tells"


def test_declared_inputs_take_the_place_of_the_target() -> None:
    declared = "    target: {project: 1}\n    inputs: {w: {model_weight: /w.pt, card: {title: W}}}\n"
    assert edges(declared) == [("input", "w", "model_weight")]
    (edge,) = planned(declared)
    assert (edge.value, edge.card is not None) == ("/w.pt", True)
    assert edges("    target: {project: 1}\n    inputs: {}\n") == []


def test_every_output_but_a_value_is_an_edge() -> None:
    outputs = '    outputs: {p: project, f: {file: {path: "/*"}}, n: {value: "${{ 1 }}"}}\n'
    assert edges(outputs) == [("output", "p", "project"), ("output", "f", "file")]


def test_settings_of_a_node_without_edges_are_carried_by_its_session() -> None:
    node = "    node: {title: Here}\n"
    assert planned(node) == (PlannedEdge("output", "session", Kind.APP_SESSION),)
    assert edges(node + "    target: {project: 1}\n") == [("input", "project", "project")]
    assert edges(node + "    workflow: off\n") == []
