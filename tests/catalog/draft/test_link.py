"""Values become references to what an earlier step made, and coincidences do not."""

from slyflow.catalog.draft.link import Links, Made, Used, unnamed_inputs
from slyflow.model.artifact import Kind
from slyflow.syntax.emit import Code

NO_EDGES: frozenset[tuple[Kind, int | str]] = frozenset()


def _links() -> Links:
    links = Links()
    links.add(
        (
            Made("first", Kind.PROJECT, 7, "project"),
            Made("first", Kind.DATASET, 7, {"dataset": {"name": "train"}}),
            Made("first", Kind.DATASET, 8, {"dataset": {"name": "val"}}),
            Made("first", Kind.FILE, "/a/b.zip", "file"),
            Made("second", Kind.FILE, "/a/b.zip", "file"),
        )
    )
    return links


def test_a_number_counts_where_its_key_names_the_kind() -> None:
    links = _links()
    assert links.swap("slyProjectId", 7, NO_EDGES) == Code("steps.first.outputs.project")
    assert links.swap("source_dataset", 7, NO_EDGES) == Code("steps.first.outputs.dataset")
    assert links.swap("datasetIds", 8, NO_EDGES) == Code("steps.first.outputs.dataset_2")
    assert links.swap("epochs", 7, NO_EDGES) is None
    assert links.outputs == {
        "first": {
            "project": "project",
            "dataset": {"dataset": {"name": "train"}},
            "dataset_2": {"dataset": {"name": "val"}},
        }
    }


def test_a_number_counts_where_the_workflow_graph_says_so() -> None:
    links = _links()
    assert links.swap("first", 7, frozenset(((Kind.PROJECT, 7),))) == Code("steps.first.outputs.project")
    assert links.swap("first", 7, frozenset(((Kind.PROJECT, 8),))) is None


def test_only_what_one_value_alone_can_mean_is_taken_from_the_graph() -> None:
    used: Used = frozenset(((Kind.PROJECT, 7), (Kind.PROJECT, 8), (Kind.FOLDER, "/a")))
    assert unnamed_inputs({"first": 7, "list": [1, {"deep": 8}], "out": "/a"}, used) == used
    assert unnamed_inputs({"slyProjectId": 7, "seed": 7, "first": 8, "count": 8}, used) == frozenset()
    assert unnamed_inputs({"first": 7.0, "second": "8", "third": True}, used) == frozenset()


def test_a_folder_counts_as_a_target_or_where_the_graph_says_so() -> None:
    links = Links()
    links.add((Made("first", Kind.FOLDER, "/a", "folder"),))
    assert links.swap("folder", "/a", NO_EDGES) is None
    assert links.swap("slyFolder", "/a", NO_EDGES) == Code("steps.first.outputs.folder")
    assert links.swap("folder", "/a", frozenset(((Kind.FOLDER, "/a"),))) == Code("steps.first.outputs.folder")


def test_a_path_is_that_of_the_latest_step_that_made_it() -> None:
    links = _links()
    assert links.swap("anything", "/a/b.zip", NO_EDGES) == Code("steps.second.outputs.file")
    assert links.swap("anything", "/a/b.zi", NO_EDGES) is None


def test_values_of_another_type_are_others() -> None:
    links = _links()
    assert [links.swap("projectId", value, NO_EDGES) for value in ("7", 7.0, True, None, [7])] == [None] * 5
    assert links.outputs == {}
