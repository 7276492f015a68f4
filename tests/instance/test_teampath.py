"""Paths in Team Files."""

import pytest

from slyflow.instance import teampath


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("/a/b.txt", "/a/b.txt"),
        ("a/b.txt", "/a/b.txt"),
        ("//a///b/", "/a/b/"),
        ("/", "/"),
        ("/a b/ü.png", "/a b/ü.png"),
        ("/a\\b", "/a\\b"),
    ],
)
def test_a_path_becomes_absolute_with_single_slashes(given: str, expected: str) -> None:
    assert teampath.normalise(given) == expected


@pytest.mark.parametrize("given", ["", "/a/../b", "..", "/./a", "/a\0b", "/a\nb", "/" + "x" * 5000])
def test_a_path_that_could_escape_or_confuse_is_refused(given: str) -> None:
    with pytest.raises(ValueError, match="the path"):
        teampath.normalise(given)


def test_a_folder_ends_in_a_slash() -> None:
    assert teampath.folder("/a") == "/a/"
    assert teampath.folder("/") == "/"


def test_the_name_is_the_last_segment() -> None:
    assert teampath.name("/a/b/") == "b"
    assert teampath.name("/a/b.txt") == "b.txt"
    assert teampath.name("/") == ""
