"""Where a download goes when nobody says, and how its progress is told."""

import io

import pytest

from slyflow.catalog.module import Module
from slyflow.cli.appcode import Piece, _name, _Told
from slyflow.cli.console import Console
from slyflow.client.module import read_module


def module(slug: str, version: str = "v1.0.0") -> Module:
    return read_module({"id": 5, "slug": slug, "version": version}, "x")


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("owner/repo/sub-app", "sub-app"),
        ("owner/RT-DETRv2", "RT-DETRv2"),
        ("owner/..", "app-5"),
        ("owner/.ssh", "ssh"),
        ("owner/-rf", "rf"),
        ("owner/a\0b\nc d", "a-b-c-d"),
        ("", "app-5"),
    ],
)
def test_code_goes_to_a_plain_name_whatever_the_instance_says(slug: str, name: str) -> None:
    assert _name(module(slug), Piece(None, None, False, None)) == name
    archive = _name(module(slug, "feature/../x"), Piece(None, None, True, None))
    assert archive == f"{name}-feature-..-x.tar"


@pytest.mark.parametrize(
    ("path", "name"),
    [("src/main.py", "main.py"), ("/a/b/", "b"), ("..", "file"), ("a/.env", "env"), ("", "file")],
)
def test_a_file_goes_to_its_own_name(path: str, name: str) -> None:
    assert _name(module("o/a"), Piece(path, None, False, None)) == name
    assert _name(module("o/a"), Piece(None, path, False, None)) == name


def test_progress_is_told_now_and_then() -> None:
    err, now = io.StringIO(), iter([0.0, 0.5, 1.2, 1.2, 1.5, 2.4, 2.4])
    told = _Told(Console(io.StringIO(), err, {}), lambda: next(now))
    for done, size in ((10, 5 << 20), (2048, 5 << 20), (4096, None), (3 << 20, None)):
        told(done, size)
    assert err.getvalue().splitlines() == ["2.0 KiB of 5.0 MiB", "3.0 MiB"]
