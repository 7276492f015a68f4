"""Team Files: their rows, folders that are only what paths say, and their form in the API."""

import mimetypes
import sqlite3
from collections.abc import Iterator
from typing import Any

from slyflow.instance import teampath
from slyflow.instance.blobs import Blob, hash_of
from slyflow.instance.call import Call
from slyflow.instance.refusal import Refused, missing
from slyflow.instance.store import Store

# A table of our own: the machine's mime.types must not decide what a file is.
_TYPES = mimetypes.MimeTypes()
UNKNOWN = "application/octet-stream"


def path_of(text: str) -> str:
    """Return a normalised path in Team Files; Refused when it is none."""
    if text.startswith("agent://"):
        raise Refused(f"{text} lies on an agent, not in Team Files")
    try:
        return teampath.normalise(text)
    except ValueError as error:
        raise Refused(str(error)) from error


def put(call: Call, team_id: int, path: str, blob: Blob) -> int:
    """Make a file of stored bytes at a normalised path, in place of what was there; return its new id."""
    store = call.services.store
    if path.endswith("/"):
        raise Refused(f"{path} is a folder, expected the path of a file")
    if store.one("SELECT id FROM team WHERE id = ?", (team_id,)) is None:
        raise missing("Team", team_id)
    store.run("DELETE FROM file WHERE team_id = ? AND path = ?", (team_id, path))
    file_id = store.insert(
        "INSERT INTO file (team_id, path, sha256, size, mime, created_by, created_at, updated_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(team_id, path, blob.sha256, blob.size, _TYPES.guess_type(path)[0] or UNKNOWN),
            *(call.principal.user_id, call.now, call.now),
        ),
    )
    call.made("file", file_id)
    return file_id


def row(store: Store, file_id: int) -> sqlite3.Row:
    """Return one file; Refused (404) when it is gone."""
    found = store.one("SELECT * FROM file WHERE id = ?", (file_id,))
    if found is None:
        raise missing("File", file_id)
    return found


def at(store: Store, team_id: int, path: str) -> sqlite3.Row | None:
    """Return the file at a normalised path, None when there is none."""
    return store.one("SELECT * FROM file WHERE team_id = ? AND path = ?", (team_id, path))


def below(store: Store, team_id: int, folder: str) -> list[sqlite3.Row]:
    """Return all files below a folder (with its trailing slash), however deep, by path."""
    # "0" follows "/", so this is the range of the folder's paths in the index.
    return store.all(
        "SELECT * FROM file WHERE team_id = ? AND path >= ? AND path < ? ORDER BY path",
        (team_id, folder, folder[:-1] + "0"),
    )


def remove(store: Store, team_id: int, path: str) -> int:
    """Remove a file, or a folder with all below it; return how many files went."""
    if not path.endswith("/"):
        gone = store.run("DELETE FROM file WHERE team_id = ? AND path = ?", (team_id, path))
        if gone:
            return gone
    folder = teampath.folder(path)
    return store.run(
        "DELETE FROM file WHERE team_id = ? AND path >= ? AND path < ?", (team_id, folder, folder[:-1] + "0")
    )


def entries(files: list[sqlite3.Row], folder: str, url: str, *, recursive: bool) -> Iterator[dict[str, Any]]:
    """Yield files and folders below `folder` in the order of their paths, each with its `type`.

    Without `recursive` only what lies directly in it.
    """
    seen: set[str] = set()
    for file in files:
        inner = file["path"][len(folder) :].split("/")
        depth = len(inner) if recursive else min(len(inner), 2)
        for level in range(1, depth):
            path = folder + "/".join(inner[:level])
            if path not in seen:
                seen.add(path)
                yield _folder_form(file, path)
        if recursive or len(inner) == 1:
            yield {**form(file, url), "type": "file"}


def form(file: sqlite3.Row, url: str) -> dict[str, Any]:
    """Return the file as the API shows it; the size is bytes, `url` the instance's address."""
    name = teampath.name(file["path"])
    dot, extension = name.rpartition(".")[1:]
    return {
        "id": file["id"],
        "teamId": file["team_id"],
        "userId": file["created_by"],
        "name": name,
        "path": file["path"],
        "hash": hash_of(file["sha256"]),
        "storagePath": f"/teams_storage/{file['team_id']}/{file['id']}/{name}",
        "fullStorageUrl": f"{url.rstrip('/')}/public/api/v3/file-storage.download?id={file['id']}",
        "meta": {"size": file["size"], "mime": file["mime"], "ext": extension if dot else ""},
        "isDir": False,
        "createdAt": file["created_at"],
        "updatedAt": file["updated_at"],
    }


def _folder_form(file: sqlite3.Row, path: str) -> dict[str, Any]:
    return {
        "id": None,
        "teamId": file["team_id"],
        "userId": file["created_by"],
        "name": teampath.name(path),
        "path": path,
        "hash": None,
        "storagePath": None,
        "fullStorageUrl": None,
        "meta": {"size": 0, "mime": None, "ext": None},
        "isDir": True,
        "type": "folder",
        "createdAt": file["created_at"],
        "updatedAt": file["updated_at"],
    }
