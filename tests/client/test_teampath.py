"""Paths in Team Files."""

import pytest

from slyflow.client.teampath import check_path
from slyflow.errors import UsageError


@pytest.mark.parametrize("path", ["/", "/a", "/a/b.txt", "/a/b/", "/tmp/данные/x y.zip", "/..a/b.."])
def test_absolute_paths_pass(path: str) -> None:
    assert check_path(path) == path


@pytest.mark.parametrize(
    "path", ["", "a", "a/b", "//", "//a", "/a//b", "/../a", "/a/./b", "/a/..", "/a\nb", "/a\0"]
)
def test_odd_paths_are_refused(path: str) -> None:
    with pytest.raises(UsageError, match="no path in Team Files"):
        check_path(path)
