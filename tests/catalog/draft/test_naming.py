"""Whatever a thing is called, its id is one that the language allows and that is free."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.catalog.draft.naming import app_id, free_id

ID = re.compile(r"(?!(?:in|true|false|null)$)[a-z][a-z0-9_]{0,62}")


@given(st.text(max_size=90), st.integers(0, 3))
def test_any_text_becomes_a_free_id(text: str, times: int) -> None:
    taken: list[str] = []
    for _ in range(times + 1):
        found = free_id(text, taken)
        assert ID.fullmatch(found)
        assert found not in taken
        taken.append(found)


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        ("supervisely-ecosystem/export-to-coco", "export_to_coco"),
        ("supervisely-ecosystem/yolo/supervisely_integration/train", "train"),
        ("me/3d-viewer", "step_3d_viewer"),
        ("me/in", "step_in"),
        ("me/☃", "step"),
        ("", "step"),
    ],
)
def test_a_step_is_named_after_the_last_part_of_the_slug(slug: str, expected: str) -> None:
    assert app_id(slug, ()) == expected
    assert app_id(slug, (expected,)) == f"{expected}_2"
