"""The page on the App API maps every public name of the original's, and none that it does not have."""

from typing import Any

import pytest

from tests.docs.markdown import APP_API, code, prose, rows

sly: Any = pytest.importorskip("supervisely")
app_api: Any = sly.api.app_api
pytestmark = pytest.mark.conformance
# Parts of the API by the name that the page has for each.
PARTS = {
    "AppApi": app_api.AppApi,
    "AppApi.Workflow": app_api.AppApi.Workflow,
    "ModuleInfo": app_api.ModuleInfo,
    "SessionInfo": app_api.SessionInfo,
    "WorkflowMeta": app_api.WorkflowMeta,
    "WorkflowSettings": app_api.WorkflowSettings,
}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_public_name_is_mapped(part: str) -> None:
    # `dir` knows what is inherited too.
    public = {f"{part}.{name}" for name in dir(PARTS[part]) if not name.startswith("_")}
    named = {name for row in rows(prose(APP_API)) for name in code(row[0])}
    mapped = {name for name in named if name.rpartition(".")[0] == part}
    assert sorted(public - mapped) == []
    assert sorted(mapped - public) == []


def test_the_page_names_the_release_that_it_was_held_against() -> None:
    release = ".".join(sly.__version__.split(".")[:2])
    assert f"`supervisely` {release}" in prose(APP_API)
