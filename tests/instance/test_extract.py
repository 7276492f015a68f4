"""Unpacking an app's archive."""

import io
import tarfile
from pathlib import Path

import pytest

from slyflow.instance.releases import _extract


def archive_of(*members: tuple[str, bytes, int, bytes]) -> tarfile.TarFile:
    """Return an archive of (name, type, mode, content)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, mode, content in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.size, info.linkname = kind, mode, len(content), "/etc/passwd"
            archive.addfile(info, io.BytesIO(content))
    buffer.seek(0)
    return tarfile.open(fileobj=buffer)


def test_files_and_folders_come_out_with_their_executable_bit(tmp_path: Path) -> None:
    with archive_of(
        ("app", tarfile.DIRTYPE, 0o755, b""),
        ("app/run.sh", tarfile.REGTYPE, 0o4755, b"x"),
        ("app/deep/data", tarfile.REGTYPE, 0o600, b"y"),
    ) as archive:
        _extract(archive, tmp_path)
    assert (tmp_path / "app/run.sh").stat().st_mode & 0o7777 == 0o755
    assert (tmp_path / "app/deep/data").read_bytes() == b"y"


@pytest.mark.parametrize("name", ["../evil", "/evil", "app/../../evil"])
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    with archive_of((name, tarfile.REGTYPE, 0o644, b"x")) as archive, pytest.raises(OSError, match="outside"):
        _extract(archive, tmp_path / "target")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_do_not_come_out(tmp_path: Path, kind: bytes) -> None:
    with archive_of(("odd", kind, 0o644, b"")) as archive:
        _extract(archive, tmp_path)
    assert list(tmp_path.iterdir()) == []
