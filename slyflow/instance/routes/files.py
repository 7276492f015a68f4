"""Team Files."""

from itertools import islice
from typing import Any

from slyflow.instance import teamfiles, teampath
from slyflow.instance.blobs import Blob
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.download import blob_response
from slyflow.instance.fields import flag, integer, optional_integer, text, texts
from slyflow.instance.multipart import Part, read_parts
from slyflow.instance.refusal import Refused
from slyflow.instance.tarstream import Member, tar_response

# One page of the newer list.
_PAGE = 1000


def _list(call: Call) -> Reply:
    """Return the file at a path, else what lies in that folder: folders too when it is not recursive."""
    store, team_id = call.services.store, integer(call.body, "teamId")
    path = teamfiles.path_of(text(call.body, "path"))
    file = teamfiles.at(store, team_id, path)
    if file is not None:
        return [teamfiles.form(file, call.services.url)]
    recursive = flag(call.body, "recursive", default=True)
    found = _entries(call, team_id, teampath.folder(path), recursive=recursive)
    return [entry for entry in found if entry["type"] == "file" or not recursive]


def _list_pages(call: Call) -> Reply:
    team_id = integer(call.body, "teamId")
    folder = teampath.folder(teamfiles.path_of(text(call.body, "path")))
    wanted = {
        "file": flag(call.body, "files", default=True),
        "folder": flag(call.body, "folders", default=True),
    }
    recursive = flag(call.body, "recursive", default=True)
    found = (entry for entry in _entries(call, team_id, folder, recursive=recursive) if wanted[entry["type"]])
    start = optional_integer(call.body, "continuationToken") or 0
    size = min(max(optional_integer(call.body, "limit") or _PAGE, 1), _PAGE)
    entities = list(islice(found, start, start + size + 1))
    if len(entities) <= size:
        return {"entities": entities}
    return {"entities": entities[:size], "continuationToken": str(start + size)}


def _entries(call: Call, team_id: int, folder: str, *, recursive: bool) -> Any:
    files = teamfiles.below(call.services.store, team_id, folder)
    return teamfiles.entries(files, folder, call.services.url, recursive=recursive)


def _info(call: Call) -> Reply:
    return _form(call, integer(call.body, "id"))


def _download(call: Call) -> Reply:
    store, file_id = call.services.store, optional_integer(call.body, "id")
    if file_id is not None:
        file = teamfiles.row(store, file_id)
        return blob_response(call, Blob(file["sha256"], file["size"]), file["mime"])
    team_id, path = integer(call.body, "teamId"), teamfiles.path_of(text(call.body, "path"))
    found = teamfiles.at(store, team_id, path)
    if found is not None:
        return blob_response(call, Blob(found["sha256"], found["size"]), found["mime"])
    return _download_folder(call, team_id, path)


def _download_folder(call: Call, team_id: int, path: str) -> Reply:
    """Return a tar whose one top entry is the folder."""
    folder = teampath.folder(path)
    files = teamfiles.below(call.services.store, team_id, folder)
    if not files:
        raise Refused(f"there is no file or folder {path} in the Team Files of team {team_id}", status=404)
    above = len(folder) - len(teampath.name(folder)) - 1
    members = [
        Member(file["path"][above:].lstrip("/"), Blob(file["sha256"], file["size"]), file["updated_at"])
        for file in files
    ]
    return tar_response(call.services.blobs, members)


async def _upload(call: Call) -> Reply:
    """Take one file: the body's bytes at the query's `path`, or a form as in the bulk upload."""
    if call.headers.get("content-type", "").startswith("multipart/"):
        return (await _upload_form(call))[0]
    team_id, path = integer(call.body, "teamId"), teamfiles.path_of(text(call.body, "path"))
    if call.stream is None:
        raise Refused("expected the file's bytes as application/octet-stream")
    with call.services.blobs.writer() as writer:
        async for chunk in call.stream():
            writer.write(chunk)
        blob = writer.keep()
    with call.services.store.transaction():
        file_id = teamfiles.put(call, team_id, path, blob)
    return _form(call, file_id)


async def _upload_many(call: Call) -> Reply:
    return await _upload_form(call)


async def _upload_form(call: Call) -> list[dict[str, Any]]:
    team_id = integer(call.body, "teamId")
    files = _placed(call, await read_parts(call))
    if not files:
        raise Refused("the form has no file in it, expected parts name, path and file for each")
    with call.services.store.transaction():
        added = [teamfiles.put(call, team_id, path, blob) for path, blob in files]
    return [_form(call, file_id) for file_id in added]


def _placed(call: Call, parts: list[Part]) -> list[tuple[str, Blob]]:
    """Return path and bytes of each file: its `name` and its folder `path` are the parts before it."""
    said: dict[str, str] = {}
    files: list[tuple[str, Blob]] = []
    for part in parts:
        if part.name != "file":
            said[part.name] = part.text
            continue
        blob = call.services.blobs.put(part.text.encode()) if part.blob is None else part.blob
        name = said.get("name") or part.filename or ""
        if "path" not in said or not name:
            raise Refused(f"file {len(files)} of the form has no name or path before it")
        files.append((teamfiles.path_of(teampath.folder(teamfiles.path_of(said["path"])) + name), blob))
    return files


def _remove(call: Call) -> Reply:
    return _remove_all(call, [text(call.body, "path")])


def _remove_many(call: Call) -> Reply:
    return _remove_all(call, texts(call.body, "paths"))


def _remove_all(call: Call, paths: list[str]) -> Reply:
    team_id, normalised = integer(call.body, "teamId"), [teamfiles.path_of(path) for path in paths]
    if "/" in normalised:
        raise Refused("all Team Files at once cannot be removed, name a folder below the root")
    with call.services.store.transaction():
        for path in normalised:
            teamfiles.remove(call.services.store, team_id, path)
    return {"success": True}


def _form(call: Call, file_id: int) -> dict[str, Any]:
    return teamfiles.form(teamfiles.row(call.services.store, file_id), call.services.url)


METHODS: Methods = {
    "file-storage.list": _list,
    "file-storage.v2.list": _list_pages,
    "file-storage.info": _info,
    "file-storage.download": _download,
    "file-storage.upload": _upload,
    "file-storage.bulk.upload": _upload_many,
    "file-storage.remove": _remove,
    "file-storage.bulk.remove": _remove_many,
}
