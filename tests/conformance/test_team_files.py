"""The official SDK writes, lists, reads and removes Team Files."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.judge import Judge

sly: Any = pytest.importorskip("supervisely")
pytestmark = pytest.mark.conformance


def test_a_file_is_uploaded_found_and_read(judge: Judge, tmp_path: Path) -> None:
    api, source = judge.api, tmp_path / "a.json"
    source.write_text('{"a": 1}')
    made = api.file.upload(1, str(source), "/one/a.json")
    assert (made.path, made.name, made.sizeb, made.mime, made.ext) == (
        *("/one/a.json", "a.json", 8, "application/json", "json"),
    )
    assert made.hash == sly.fs.get_file_hash(str(source))
    assert api.file.get_info_by_path(1, "/one/a.json") == made
    assert api.file.get_info_by_id(made.id) == made
    assert api.file.exists(1, "/one/a.json")
    assert not api.file.exists(1, "/one/b.json")
    assert api.file.get_json_file_content(1, "/one/a.json") == {"a": 1}
    api.file.download(1, "/one/a.json", str(tmp_path / "b.json"))
    assert (tmp_path / "b.json").read_text() == '{"a": 1}'
    assert api.file.get_free_name(1, "/one/a.json") == "/one/a_000.json"
    api.file.remove(1, "/one/a.json")
    assert api.file.get_info_by_path(1, "/one/a.json") is None


def test_a_folder_goes_up_and_comes_down(judge: Judge, tmp_path: Path) -> None:
    api, source = judge.api, tmp_path / "up"
    (source / "in").mkdir(parents=True)
    (source / "1.txt").write_text("1" * 1000)
    (source / "in" / "2.txt").write_text("2")
    assert api.file.upload_directory(1, str(source), "/folder") == "/folder"
    assert api.file.upload_directory(1, str(source), "/folder") == "/folder_000"
    assert api.file.dir_exists(1, "/folder/")
    assert not api.file.dir_exists(1, "/nothing/")
    assert api.file.listdir(1, "/folder/") == ["/folder/1.txt", "/folder/in"]
    assert api.file.listdir(1, "/folder/", recursive=True) == ["/folder/1.txt", "/folder/in/2.txt"]
    assert api.file.get_directory_size(1, "/folder/") == 1001
    (tmp_path / "down").mkdir()
    api.file.download_directory(1, "/folder/", str(tmp_path / "down"))
    assert sorted(path.name for path in (tmp_path / "down").rglob("*.txt")) == ["1.txt", "2.txt"]
    api.file.remove_dir(1, "/folder/")
    assert api.file.listdir(1, "/folder/", recursive=True) == []


def test_the_newer_list_shows_folders_too(judge: Judge, tmp_path: Path) -> None:
    api, source = judge.api, tmp_path / "a.txt"
    source.write_text("a")
    api.file.upload_bulk(1, [str(source)] * 2, ["/storage/a.txt", "/storage/in/b.txt"])
    shown = [(info.path, info.is_dir) for info in api.storage.list(1, "/storage")]
    assert shown == [("/storage/a.txt", False), ("/storage/in", True), ("/storage/in/b.txt", False)]
    assert api.storage.exists(1, "/storage/a.txt")
    assert api.storage.dir_exists(1, "/storage/in")
    assert len(api.storage.list(1, "/storage", include_folders=False)) == 2


def test_asynchronous_transfers_check_their_hashes(judge: Judge, tmp_path: Path) -> None:
    api, source = judge.api, tmp_path / "large.bin"
    source.write_bytes(bytes(range(256)) * 40_000)
    asyncio.run(api.file.upload_async(1, str(source), "/async/large.bin", raise_check_error=True))
    asyncio.run(api.file.download_async(1, "/async/large.bin", str(tmp_path / "back.bin")))
    assert (tmp_path / "back.bin").read_bytes() == source.read_bytes()
    api.file.remove_batch(1, ["/async/large.bin"])
    assert not api.file.exists(1, "/async/large.bin")
