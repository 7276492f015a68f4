"""Which file systems other machines may use: a table of mounts read as text, and the one of this machine."""

import subprocess
from pathlib import Path

import pytest

from slyflow.engine.filesystem import is_shared, kind_of, shared_kind

TABLE = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw - nfs4 server:/home rw,vers=4.2
31 30 0:41 / /home/me/local rw - xfs /dev/sdb1 rw
32 22 0:42 / /with\040space rw - fuse.sshfs me@far:/ rw
33 22 0:43 / /twice rw - cifs //server/share rw
34 22 0:44 / /twice rw - tmpfs tmpfs rw
not a mount
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/srv/runs", "ext4"),
        ("/home", "nfs4"),
        ("/home/me/.slyflow", "nfs4"),
        ("/homes", "ext4"),
        ("/home/me/local/x", "xfs"),
        ("/with space/x", "fuse.sshfs"),
        ("/twice/x", "tmpfs"),
    ],
)
def test_the_deepest_and_latest_mount_counts(path: str, kind: str) -> None:
    assert kind_of(path, TABLE) == kind


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.rclone", "lustre"])
def test_other_machines_may_use_it(kind: str) -> None:
    assert is_shared(kind)


@pytest.mark.parametrize("kind", ["", "ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuseblk", "f2fs"])
def test_only_this_machine_uses_it(kind: str) -> None:
    assert not is_shared(kind)


def test_this_machines_own_table_is_read(tmp_path: Path) -> None:
    told = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True, check=True)
    found = kind_of(str(tmp_path.resolve()), Path("/proc/self/mountinfo").read_text())
    assert found
    # `stat` has one name for the kinds of ext.
    assert found in told.stdout or {found, told.stdout.strip()} <= {
        "ext2",
        "ext3",
        "ext4",
        "ext2/ext3",
        "overlay",
        "overlayfs",
    }
    assert shared_kind(tmp_path) == (found if is_shared(found) else None)
