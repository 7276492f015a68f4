"""Content goes to a file whole and checked, or leaves what is there alone."""

import base64
import hashlib
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from slyflow.client.download import _FileSink, download
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, StoreError, Unavailable
from tests.client.scripted import Received, Script, Scripted, always, in_turn, reply

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]
CONTENT = bytes(range(256)) * 2000
HASH = hashlib.sha256(CONTENT)


def test_content_arrives_in_pieces_and_progress_is_told(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    told: list[tuple[int, int | None]] = []
    server = serve(always(reply(CONTENT)))
    got = download(
        connect(server),
        "x.download",
        {"id": 1},
        tmp_path / "file",
        limit=len(CONTENT),
        sha256=HASH.hexdigest().upper(),
        progress=lambda done, size: told.append((done, size)),
    )
    assert (got.path.read_bytes(), got.size, got.sha256) == (CONTENT, len(CONTENT), HASH.hexdigest())
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert len(told) > 1
    assert (server.requests[0].json, server.requests[0].headers["accept-encoding"]) == ({"id": 1}, "identity")


def test_a_broken_download_begins_anew(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    half = reply(CONTENT)[: len(CONTENT) // 2]
    left = [half, reply(b"{}", 503), reply(CONTENT)]

    def script(_: Received, connection: socket.socket) -> bool:
        connection.sendall(left.pop(0))
        return len(left) == 1

    got = download(connect(serve(script)), "x.download", {}, tmp_path / "file", limit=len(CONTENT))
    assert (got.path.read_bytes(), got.sha256, left) == (CONTENT, HASH.hexdigest(), [])


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (reply(CONTENT, x_content_checksum_sha256="AAAA"), BadReply, "checksum"),
        (reply(CONTENT + b"x"), BadReply, "more than"),
        (reply(b"other"), BadReply, "expected"),
        (b"HTTP/1.1 200 OK\r\n\r\nabc", BadReply, "no length"),
        (reply(b'{"error": "no such file"}', 404), NotFound, "no such file"),
        (reply(CONTENT)[:-1], Unavailable, "broke"),
    ],
)
def test_what_is_not_whole_or_not_right_leaves_the_old_file_alone(
    serve: Serve, connect: Connect, tmp_path: Path, answer: bytes, kind: type[Exception], said: str
) -> None:
    (tmp_path / "file").write_text("old")
    with pytest.raises(kind, match=said):
        download(
            connect(serve(always(answer))),
            "x.download",
            {},
            tmp_path / "file",
            limit=len(CONTENT),
            sha256=HASH.hexdigest(),
        )
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "old")]


def test_the_instance_s_own_checksum_is_enough(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    claimed = base64.b64encode(HASH.digest()).decode()
    transport = connect(serve(in_turn(reply(CONTENT, x_content_checksum_sha256=claimed))))
    got = download(transport, "x.download", {}, tmp_path / "file", limit=len(CONTENT))
    assert got.size == len(CONTENT)


@pytest.mark.parametrize("name", ["missing/file", "folder"])
def test_a_place_that_cannot_be_written_is_told(
    serve: Serve, connect: Connect, tmp_path: Path, name: str
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="cannot be written"):
        download(connect(serve(always(reply(b"x")))), "x.download", {}, tmp_path / name, limit=9)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_a_full_disk_is_not_taken_for_a_broken_connection(serve: Serve, connect: Connect) -> None:
    server = serve(always(reply(CONTENT)))
    with (
        Path("/dev/full").open("wb", buffering=0) as file,
        pytest.raises(StoreError, match="cannot be written"),
    ):
        connect(server).download("x.download", {}, _FileSink(file, Path("/x"), None), limit=len(CONTENT))
    assert len(server.requests) == 1
