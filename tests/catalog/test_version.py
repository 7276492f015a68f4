"""Tests of slyflow.catalog.version."""

import pytest

from slyflow.catalog.version import newest


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["v1.0.9", "v1.0.30", "v1.0.10"], "v1.0.30"),
        (["1.2", "v1.10"], "v1.10"),
        (["v2.0.0rc1", "v1.9.0"], "v1.9.0"),
        (["v2.0.0a1", "v2.0.0rc1"], "v2.0.0rc1"),
        (["latest", "v0.0.1"], "v0.0.1"),
        (["stable-branch", "other"], "stable-branch"),
        ([], None),
    ],
)
def test_the_newest_release_wins(tags: list[str], expected: str | None) -> None:
    assert newest(tags) == expected
