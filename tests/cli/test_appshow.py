"""What an app takes, shown for apps with odd names and odd defaults."""

import io
import json
from typing import Any

import pytest

from slyflow.cli.appshow import arguments
from slyflow.cli.console import Console
from slyflow.client.module import read_module
from slyflow.model.pipeline import AppAction
from slyflow.syntax.load import load_source


def shown(slug: str, version: str | None, **config: Any) -> dict[str, Any]:
    """Return the JSON that `apps args` prints of an app."""
    out = io.StringIO()
    row: dict[str, Any] = {"id": 5, "slug": slug, "name": "Odd", "version": version, "config": config}
    assert arguments(read_module(row, "x"), Console(out, io.StringIO(), {}), as_json=True) == 0
    document: dict[str, Any] = json.loads(out.getvalue())
    return document


@pytest.mark.parametrize(
    ("slug", "version", "reference"),
    [
        ("owner/repo/sub", "v1.0.30", ("owner/repo/sub", None, "v1.0.30")),
        ("owner/2d-to-3d", "1.10", ("owner/2d-to-3d", None, "1.10")),
        ("no slug", "v1", (None, 5, "v1")),
        ("", None, (None, 5, None)),
        ("owner/app", "feature/x y", (None, 5, None)),
    ],
)
def test_every_app_has_a_pipeline_that_names_it(
    slug: str, version: str | None, reference: tuple[str | None, int | None, str | None]
) -> None:
    loaded = load_source(shown(slug, version)["pipeline"], "x.yaml", {})
    assert loaded.problems == ()
    assert loaded.pipeline is not None
    (step,) = loaded.pipeline.steps.values()
    assert isinstance(step.action, AppAction)
    app = step.action.app
    assert (app.slug, app.module_id, app.version) == reference


def test_remote_words_stay_inside_comments_and_quotes() -> None:
    odd = {"a": "${{ params.x }}", "b\nslyflow: 2": "x\n# y", "c": {"from_file": "/etc/passwd"}}
    document = shown("owner/app\nsteps: {}", "v1", name="x\nsteps: {}", modal_template_state=odd)
    loaded = load_source(document["pipeline"], "x.yaml", {})
    assert loaded.problems == ()
    assert loaded.pipeline is not None
    assert len(loaded.pipeline.steps) == 1
    assert [one["default"] for one in document["arguments"]] == list(odd.values())
