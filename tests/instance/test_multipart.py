"""Multipart bodies, cut at any place, whole or refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.instance.blobs import Blobs
from slyflow.instance.call import Call
from slyflow.instance.multipart import LONGEST_FIELD, Part, read_parts
from slyflow.instance.principal import Principal
from slyflow.instance.refusal import Refused

BOUNDARY = "bound-7"


class OnlyBlobs:
    """The one service that reading parts needs."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs


def encode(parts: list[tuple[str, str | None, bytes]]) -> bytes:
    body = b""
    for name, filename, content in parts:
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if filename is not None:
            body += f'; filename="{filename}"\r\nContent-Type: application/octet-stream'.encode()
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def read(blobs: Blobs, body: bytes, cut: int = 65536, kind: str | None = None) -> list[Part]:
    async def stream() -> AsyncIterator[bytes]:
        for at in range(0, len(body), cut):
            yield body[at : at + cut]

    call = Call(
        "m",
        Principal(1),
        cast("Any", OnlyBlobs(blobs)),
        headers={"content-type": kind or f"multipart/form-data; boundary={BOUNDARY}"},
        stream=stream,
    )
    return asyncio.run(read_parts(call))


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Blobs:
    return Blobs(tmp_path_factory.mktemp("multipart"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["name", "path", "file", "0-file"]),
            st.sampled_from([None, "a.png", "b c.txt"]),
            st.one_of(
                st.text("ab\r\n-", max_size=40).map(str.encode),
                st.just(f"\r\n--{BOUNDARY[:-1]}".encode()),
                st.just(b""),
            ),
        ),
        max_size=5,
    ),
    st.integers(1, 60),
)
def test_parts_come_back_in_order_however_the_body_is_cut(
    blobs: Blobs, parts: list[tuple[str, str | None, bytes]], cut: int
) -> None:
    found = read(blobs, encode(parts), cut)
    assert [(part.name, part.filename) for part in found] == [(name, file) for name, file, _ in parts]
    for part, (_, filename, content) in zip(found, parts, strict=True):
        if filename is None:
            assert part.text.encode() == content
        else:
            assert part.blob is not None
            assert blobs.path(part.blob.sha256).read_bytes() == content


def test_large_file_goes_to_the_store(blobs: Blobs) -> None:
    content = b"\r\n--bound" * 500_000
    (part,) = read(blobs, encode([("file", "big", content)]))
    assert part.blob is not None
    assert part.blob.size == len(content)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--bound-7",
        b"--bound-7\r\n",
        encode([("a", None, b"x")])[:-6],
        b"--other\r\n\r\n--other--",
        b"--bound-7\r\n" + b"X: " + b"y" * 20_000 + b"\r\n\r\n",
    ],
    ids=["empty", "cut boundary", "cut head", "cut end", "other boundary", "long head"],
)
def test_malformed_body_is_refused(blobs: Blobs, body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read(blobs, body)
    assert caught.value.status == 400


def test_field_that_is_too_long_is_413(blobs: Blobs) -> None:
    with pytest.raises(Refused) as caught:
        read(blobs, encode([("a", None, b"x" * (LONGEST_FIELD + 1))]))
    assert caught.value.status == 413


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/mixed; boundary=x"])
def test_other_types_are_refused(blobs: Blobs, kind: str) -> None:
    with pytest.raises(Refused):
        read(blobs, b"", kind=kind)


def test_refused_upload_leaves_no_half_file(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        read(Blobs(tmp_path), encode([("file", "f", b"x" * 1000)])[:-100])
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
