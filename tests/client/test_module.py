"""Modules as instances tell them: in either spelling, with pieces missing, and never shared."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog.module import Release
from slyflow.client.module import read_module
from slyflow.errors import BadReply

SERVED: dict[str, Any] = {
    "id": 81,
    "slug": "owner/export",
    "name": "Export",
    "type": "app",
    "config": {
        "modalTemplateState": {"mode": "all", "deep": {"list": [1]}},
        "contextMenu": {"target": ["images_project"]},
        "headless": True,
    },
    "readme": "# Export",
    "repo": "https://github.com/owner/export",
    "repositoryModuleUrl": "https://github.com/owner/export/tree/x",
    "meta": {"releases": [{"version": "v2", "createdAt": "2026-01-01"}, {"version": "v10"}]},
    "createdAt": "2025-01-01",
    "updatedAt": "2026-01-01",
}
IN_SNAKE_CASE: dict[str, Any] = {
    **{name: SERVED[name] for name in ("id", "slug", "name", "type", "readme", "repo")},
    "config": {
        "modal_template_state": SERVED["config"]["modalTemplateState"],
        "context_menu": SERVED["config"]["contextMenu"],
        "headless": True,
    },
    "repository_module_url": SERVED["repositoryModuleUrl"],
    "meta": {"releases": [{"version": "v2", "created_at": "2026-01-01"}, {"version": "v10"}]},
    "created_at": "2025-01-01",
    "updated_at": "2026-01-01",
}


def test_both_spellings_are_the_same_module() -> None:
    served, snake = read_module(SERVED, "x"), read_module(IN_SNAKE_CASE, "x")
    assert served.interface == snake.interface
    for name in ("id", "slug", "name", "kind", "releases", "repository_url", "created_at", "updated_at"):
        assert getattr(served, name) == getattr(snake, name), name
    assert served.releases == (Release("v2", "2026-01-01"), Release("v10"))
    assert served.latest_release == Release("v10")
    assert served.arguments(target={"project": 1}) == snake.arguments(target={"project": 1})
    assert served.targets == ("images_project",)


def test_a_module_shares_nothing_with_the_answer_it_was_read_from() -> None:
    row: Any = {"id": 1, "config": {"modalTemplateState": {"deep": {"list": [1]}}}}
    found = read_module(row, "x")
    row["config"]["modalTemplateState"]["deep"]["list"].append(2)
    assert found.arguments() == {"deep": {"list": [1]}}
    with pytest.raises(TypeError):
        found.config["modalTemplateState"]["deep"] = 1  # type: ignore[index]  # that is the point


def test_ids_may_be_text_and_all_but_the_id_may_be_missing() -> None:
    found = read_module({"id": "7"}, "x")
    assert (found.id, found.slug, found.name, found.latest_release) == (7, "", "", None)
    assert (found.targets, found.from_ecosystem, found.modal_arguments) == ((), True, ())
    assert read_module({"id": 7, "slug": "a/b"}, "x").name == "a/b"
    assert read_module({"id": 7, "config": {"name": "From config"}}, "x").name == "From config"


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": "x"}, {"id": 0}, {"id": True}])
def test_a_row_without_an_id_is_a_bad_reply(row: Any) -> None:
    with pytest.raises(BadReply, match=r'x\.info: "id"'):
        read_module(row, "x.info")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
CONFIG = st.dictionaries(
    st.sampled_from(["modalTemplateState", "modal_template_state", "contextMenu", "context_menu", "name"]),
    JSON | st.fixed_dictionaries({"target": JSON}),
)
META = JSON | st.fixed_dictionaries({"releases": JSON | st.lists(st.dictionaries(st.just("version"), JSON))})
KEYS = [*SERVED, "repository_module_url", "created_at", "archiveSha256", "version"]


@given(
    st.dictionaries(st.sampled_from([key for key in KEYS if key not in ("id", "config", "meta")]), JSON),
    CONFIG | JSON,
    META,
)
def test_no_answer_is_too_odd_to_read(row: dict[str, Any], config: Any, meta: Any) -> None:
    found = read_module({**row, "id": 3, "config": config, "meta": meta}, "x")
    assert isinstance(found.arguments_help(), str)
    before = found.arguments() if found.from_ecosystem else {}
    before.clear()
    assert found.from_ecosystem is False or found.arguments().keys() == {
        one.name for one in found.modal_arguments
    }
