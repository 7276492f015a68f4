"""Steps of sessions whose app is gone, or takes other families of data; the rest is told by test_import."""

from collections.abc import Mapping
from typing import Any

import pytest

from slyflow.catalog.draft.imported import Piece, imported
from slyflow.catalog.draft.launched import Launched, step_of
from slyflow.catalog.draft.literal import no_swap
from slyflow.model.interface import App, Interface
from slyflow.syntax.emit import emit


def _app(targets: tuple[str, ...], arguments: Mapping[str, Any] | None) -> App:
    return App("a/b", 1, "v1", "B", Interface(targets, arguments, from_ecosystem=True, headless=True))


def _step(app: App | None, state: Mapping[str, Any], names: Mapping[str, str] | None = None) -> str:
    return emit(step_of(Launched(5, "b", "a/b@v1", app, state, (), names or {}), no_swap))


def test_without_the_app_every_value_is_an_argument_and_no_default_counts() -> None:
    assert _step(None, {"slyProjectId": 4, "side": 5}, {"slyProjectId": "lemons"}) == (
        "app: a/b@v1\n"
        "arguments:\n"
        "  slyProjectId: 4  # lemons\n"
        "  side: 5\n"
        "merge_defaults: false  # the app's defaults are not known\n"
    )


@pytest.mark.parametrize(
    ("targets", "state", "written"),
    [
        (("images_project",), {"slyProjectId": 4}, "target: {images_project: 4}"),
        (("images_project", "videos_project"), {"slyProjectId": 4}, "target: {project: 4}"),
        (("images_dataset", "videos_dataset"), {"slyDatasetId": 4}, "target: {dataset: 4}"),
        (("agent_folder", "files_folder"), {"slyFolder": "/a"}, "target: {files_folder: /a}"),
        (("files_file", "agent_file"), {"slyFile": "agent://1/a"}, 'target: {agent_file: "agent://1/a"}'),
        (("agent_file",), {"slyFile": "/a"}, "target: {agent_file: /a}"),
        (("labeling_job",), {"slyJobId": 4}, "target: {labeling_job: 4}"),
        (("images_project",), {"slyProjectId": 0}, "arguments:\n  slyProjectId: 0"),
        (("images_dataset",), {"slyProjectId": 4}, "arguments:\n  slyProjectId: 4"),
        ((), {"slyProjectId": 4}, "arguments:\n  slyProjectId: 4"),
    ],
)
def test_the_target_is_one_that_the_app_declares(
    targets: tuple[str, ...], state: Mapping[str, Any], written: str
) -> None:
    assert _step(_app(targets, {}), state) == f"app: a/b@v1\n{written}\n"


def test_what_no_pipeline_can_hold_is_left_out_and_said() -> None:
    text = _step(_app((), {"side": 1}), {"side": 1, "huge": 2**70})
    assert "# huge is left out: a pipeline cannot hold it\n" in text
    assert str(2**70) not in text


def test_a_known_secret_does_not_even_stay_in_a_comment() -> None:
    launched = Launched(5, "b", "a/b@v1", None, {"slyProjectId": 4}, (), {"slyProjectId": "named tok-1234"})
    text, secrets = imported(
        [Piece(launched, (), frozenset())], (), lambda text: text.replace("tok-1234", "***")
    )
    assert "tok-1234" not in text
    assert secrets == {}
