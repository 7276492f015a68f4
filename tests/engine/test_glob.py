"""Globs over Team Files paths."""

import pytest

from slyflow.engine.glob import compile_glob, fixed_folder


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        ("/a/*.zip", "/a/x.zip", True),
        ("/a/*.zip", "/a/b/x.zip", False),
        ("/a/**", "/a/b/x.zip", True),
        ("/a/**/x.zip", "/a/x.zip", True),
        ("/a/**/x.zip", "/a/b/c/x.zip", True),
        ("/a/**/x.zip", "/a/b/cx.zip", False),
        ("/a/?.txt", "/a/b.txt", True),
        ("/a/?.txt", "/a//.txt", False),
        ("/a/[1].txt", "/a/[1].txt", True),
        ("/a/x.txt", "/a/xatxt", False),
    ],
)
def test_matches(glob: str, path: str, *, matches: bool) -> None:
    assert bool(compile_glob(glob).fullmatch(path)) is matches


@pytest.mark.parametrize(
    ("glob", "folder"),
    [("/a/b/*.zip", "/a/b/"), ("/a/b*/c", "/a/"), ("/*", "/"), ("/a/b.zip", "/a/"), ("**", "/")],
)
def test_fixed_folder_holds_every_match(glob: str, folder: str) -> None:
    assert fixed_folder(glob) == folder
