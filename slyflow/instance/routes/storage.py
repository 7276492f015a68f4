"""The agent's own folder on this machine: listed and read, never beyond its root."""

import mimetypes
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.responses import FileResponse

from slyflow.instance import teampath
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.fields import integer, text
from slyflow.instance.folders import agent_storage
from slyflow.instance.refusal import Refused

_TYPES = mimetypes.MimeTypes()


def _list(call: Call) -> Reply:
    """Return what lies directly in a folder, sorted by name; nothing for a folder that is not there."""
    agent_id = _agent(call)
    place = _place(call)
    if not place.is_dir():
        return []
    root = _root(call)
    inside = [path for path in sorted(place.iterdir()) if not path.is_symlink()]
    return [_form(path, f"agent://{agent_id}/{path.relative_to(root).as_posix()}") for path in inside]


def _download(call: Call) -> Reply:
    _agent(call)
    place = _place(call)
    if not place.is_file():
        raise Refused(f"the agent has no file {text(call.body, 'path')}", status=404)
    return FileResponse(place, media_type="application/octet-stream")


def _agent(call: Call) -> int:
    agent_id = integer(call.body, "id")
    call.one("Agent", agent_id, "SELECT id FROM agent WHERE id = ?")
    return agent_id


def _root(call: Call) -> Path:
    return agent_storage(call.services.home.caches).resolve()


def _place(call: Call) -> Path:
    """Return the path on this machine; Refused when links lead out of the agent's folder."""
    root = _root(call)
    try:
        place = (root / teampath.normalise(text(call.body, "path")).strip("/")).resolve()
    except ValueError as error:
        raise Refused(str(error)) from error
    if not place.is_relative_to(root):
        raise Refused(f"{text(call.body, 'path')} leads out of the agent's folder")
    return place


def _form(path: Path, shown: str) -> dict[str, Any]:
    status = path.stat()
    is_folder = stat.S_ISDIR(status.st_mode)
    changed = datetime.fromtimestamp(status.st_mtime, UTC).isoformat(timespec="milliseconds")
    return {
        "type": "directory" if is_folder else "file",
        "name": path.name,
        "path": shown,
        "size": 0 if is_folder else status.st_size,
        "meta": {
            "size": 0 if is_folder else status.st_size,
            "mime": None if is_folder else _TYPES.guess_type(path.name)[0],
            "ext": path.suffix.removeprefix("."),
        },
        "isDir": is_folder,
        "updatedAt": changed.replace("+00:00", "Z"),
    }


METHODS: Methods = {
    "agents.storage.list": _list,
    "agents.storage.download": _download,
}
