"""Which file systems other machines may use too: there memory is not shared, and locks may not hold."""

import re
from pathlib import Path

# By the names that Linux gives them in its table of mounts.
_SHARED = frozenset(
    {
        *("9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "gfs", "gfs2", "gpfs", "lustre", "ncpfs"),
        *("nfs", "nfs4", "ocfs2", "orangefs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf"),
        *("virtiofs", "vmhgfs", "wekafs"),
    }
)
_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPED = re.compile(r"\\([0-7]{3})")


def shared_kind(folder: Path) -> str | None:
    """Return the kind of file system the folder is on if other machines may use it too, else None."""
    try:
        table = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return None
    kind = kind_of(str(folder.resolve()), table)
    return kind if is_shared(kind) else None


def is_shared(kind: str) -> bool:
    """Return whether other machines may use this kind too; what runs as a program (FUSE) may be anything."""
    return kind in _SHARED or kind.startswith("fuse.")


def kind_of(path: str, table: str) -> str:
    """Return the kind of file system that holds an absolute path, by the text of `/proc/self/mountinfo`."""
    found, deepest = "", -1
    for line in table.splitlines():
        fields, _, about = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) < 5 or not about:
            continue
        point = _ESCAPED.sub(lambda match: chr(int(match[1], 8)), parts[4])
        inside = point == "/" or path == point or path.startswith(f"{point}/")
        # What is mounted later lies over what was mounted there before.
        if inside and len(point) >= deepest:
            found, deepest = about.split(" ")[0], len(point)
    return found
