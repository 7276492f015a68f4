"""Apps and their releases: folders taken as content-addressed archives, and the code unpacked from them."""

import io
import json
import os
import re
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from slyflow.catalog.tar import ArchiveError, check_path
from slyflow.catalog.version import newest
from slyflow.instance.blobs import Blob, Blobs
from slyflow.instance.refusal import Refused
from slyflow.instance.store import Store

CONFIG = "config.json"
TOP = "app"
"""The one folder that an archive consists of."""
MOST_FILES = 20_000
MOST_BYTES = 2 << 30
_IGNORED = frozenset(
    {".git", ".hg", ".svn", "__pycache__", ".venv", "venv", "node_modules", ".mypy_cache", ".ruff_cache"}
    | {".pytest_cache", ".idea", ".vscode", ".slyflow", ".DS_Store"}
)
_SLUG = re.compile(r"[\w.-]+(/[\w.-]+)+")
_UNFIT = re.compile(r"[^\w.-]+")
_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_FIRST_VERSION = "v1.0.0"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An app's folder as it was taken: its code, its config and its readme.

    `config_dir` is where the config lies inside the code, empty for the top.
    """

    name: str
    archive: Blob
    config: Mapping[str, Any]
    config_dir: str
    readme: str


def take_snapshot(folder: Path, blobs: Blobs) -> Snapshot:
    """Archive an app's folder; Refused when it is none. Reads many files: call it off the loop."""
    config = _read_config(folder)
    root = _root_of(folder, config)
    with blobs.writer() as writer:
        # A stream of tar is only written to, which is all that the writer can.
        with tarfile.open(fileobj=cast("BinaryIO", writer), mode="w|", format=tarfile.PAX_FORMAT) as archive:
            _fill(archive, root)
        archived = writer.keep()
    config_dir = folder.relative_to(root).as_posix()
    return Snapshot(
        folder.name, archived, config, "" if config_dir == "." else config_dir, _read_readme(folder)
    )


def _read_config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8-sig"), parse_constant=_no_constant)
    except FileNotFoundError as error:
        raise Refused(f"{folder} is no app: it has no {CONFIG}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"{folder / CONFIG} cannot be read as JSON: {error}") from error
    if not isinstance(config, dict):
        raise Refused(f"{folder / CONFIG} is no JSON object")
    return config


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _root_of(folder: Path, config: Mapping[str, Any]) -> Path:
    """Return the folder that holds all code: a sub-app's script is named from its repository's top."""
    script = config.get("main_script") or config.get("entrypoint")
    if not isinstance(script, str) or (folder / script).is_file():
        return folder
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists():
            return parent
    return folder


def _fill(archive: tarfile.TarFile, root: Path) -> None:
    """Add all files under one top folder, in order and without times or owners, so that equal is equal."""
    count = size = 0
    for path in _files(root):
        content = path.read_bytes()
        count, size = count + 1, size + len(content)
        if count > MOST_FILES or size > MOST_BYTES:
            raise Refused(
                f"{root} is too large for an app: over {MOST_FILES} files or {MOST_BYTES >> 30} GiB"
            )
        name = f"{TOP}/{path.relative_to(root).as_posix()}"
        try:
            check_path(name)
        except ArchiveError as error:
            raise Refused(f"{root} cannot be archived: {error}") from error
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        entry.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
        archive.addfile(entry, io.BytesIO(content))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the regular files below a folder in order; links are left out, they may lead anywhere."""
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.name in _IGNORED or entry.name.endswith(".pyc"):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def _read_readme(folder: Path) -> str:
    path = folder / "README.md"
    return path.read_text("utf-8", "replace")[: 1 << 20] if path.is_file() else ""


def add_release(
    store: Store, snapshot: Snapshot, *, slug: str | None, version: str | None, now: str
) -> sqlite3.Row:
    """Register a snapshot and return its release's row: the same content is the same release.

    Without a slug it is `local/<folder>`; without a version the one after the newest.
    """
    slug = slug or "local/" + _UNFIT.sub("-", snapshot.name)
    if not _SLUG.fullmatch(slug):
        raise Refused(f'the slug "{slug}" is not of the form owner/name')
    with store.transaction():
        module = store.one("SELECT id FROM module WHERE slug = ?", (slug,))
        if module is None:
            insert = "INSERT INTO module (slug, created_at, updated_at) VALUES (?, ?, ?)"
            module_id = store.insert(insert, (slug, now, now))
        else:
            module_id = module["id"]
        release_id = _same(store, module_id, snapshot, version)
        if release_id is None:
            release_id = _insert(store, module_id, snapshot, version, now)
    row = store.one("SELECT * FROM release WHERE id = ?", (release_id,))
    assert row is not None, "it was just written"
    return row


def _same(store: Store, module_id: int, snapshot: Snapshot, version: str | None) -> int | None:
    """Return the release that has this content already: the version asked for, else the newest."""
    row = find_release(store, module_id, version)
    content = (snapshot.archive.sha256, snapshot.config_dir)
    return row["id"] if row is not None and (row["archive"], row["config_dir"]) == content else None


def _insert(store: Store, module_id: int, snapshot: Snapshot, version: str | None, now: str) -> int:
    if version is None:
        version = _next_version(store, module_id)
    elif store.one("SELECT id FROM release WHERE module_id = ? AND version = ?", (module_id, version)):
        raise Refused(f"version {version} of this app exists already with other content", status=409)
    store.run("UPDATE module SET updated_at = ? WHERE id = ?", (now, module_id))
    return store.insert(
        "INSERT INTO release (module_id, version, name, archive, config, config_dir, readme, created_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            module_id,
            version,
            str(snapshot.config.get("name") or snapshot.name),
            snapshot.archive.sha256,
            json.dumps(snapshot.config),
            snapshot.config_dir,
            snapshot.readme,
            now,
        ),
    )


def _next_version(store: Store, module_id: int) -> str:
    current = newest(versions(store, module_id))
    if current is None:
        return _FIRST_VERSION
    found = _VERSION.fullmatch(current)
    if found is None:
        raise Refused(f"the newest version is {current}, after which none comes by itself: say which version")
    return f"v{found[1]}.{found[2]}.{int(found[3]) + 1}"


def versions(store: Store, module_id: int) -> list[str]:
    """Return a module's versions in the order they were added."""
    rows = store.all("SELECT version FROM release WHERE module_id = ? ORDER BY id", (module_id,))
    return [row["version"] for row in rows]


def find_release(store: Store, module_id: int, version: str | None) -> sqlite3.Row | None:
    """Return a version's row, the newest for None or empty; None when there is none."""
    wanted = version or newest(versions(store, module_id))
    return store.one("SELECT * FROM release WHERE module_id = ? AND version = ?", (module_id, wanted))


def config(store: Store, release_id: int) -> Mapping[str, Any]:
    """Return the app's config as of a release."""
    row = store.one("SELECT config FROM release WHERE id = ?", (release_id,))
    assert row is not None, "releases are never removed"
    found: Mapping[str, Any] = json.loads(row["config"])
    return found
