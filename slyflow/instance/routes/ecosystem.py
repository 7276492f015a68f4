"""The ecosystem's modules, their releases, and the files of these."""

import asyncio
import json
import sqlite3
import tarfile
from pathlib import Path

from starlette.responses import Response

from slyflow.instance import modules, releases
from slyflow.instance.blobs import Blob, Blobs
from slyflow.instance.call import Call, Methods, Reply
from slyflow.instance.download import blob_response
from slyflow.instance.fields import flag, integer, optional_integer, optional_text, text, texts
from slyflow.instance.listing import page
from slyflow.instance.refusal import Refused


def _list(call: Call) -> Reply:
    every = optional_text(call.body, "categoriesOperation") == "and"
    apps = modules.declaring(modules.listing(call), "categories", texts(call.body, "categories"), every=every)
    return page(call, apps, lambda row: modules.form(call.services.store, row, None))


def _info(call: Call) -> Reply:
    row = _wanted_module(call)
    return modules.form(call.services.store, row, optional_text(call.body, "version"))


def _wanted_module(call: Call) -> sqlite3.Row:
    module_id = optional_integer(call.body, "id") or optional_integer(call.body, "moduleId")
    if module_id is not None:
        return call.one("App", module_id, "SELECT * FROM module WHERE id = ?")
    slug = text(call.body, "slug")
    row = call.services.store.one("SELECT * FROM module WHERE slug = ?", (slug,))
    if row is None:
        raise Refused(f'there is no app "{slug}" on this instance', status=404)
    return row


async def _download(call: Call) -> Reply:
    module = call.one("App", integer(call.body, "moduleId"), "SELECT * FROM module WHERE id = ?")
    version = optional_text(call.body, "version")
    release = releases.find_release(call.services.store, module["id"], version)
    if release is None:
        raise Refused(f"{module['slug']} has no version {version}", status=404)
    blobs = call.services.blobs
    blob = blobs.find(release["archive"])
    if blob is None:
        raise Refused(f"the code of {module['slug']} {release['version']} is gone", status=404)
    if flag(call.body, "isArchive"):
        return blob_response(call, blob, "application/x-tar")
    path = _wanted_file(call, release).removeprefix("/")
    content = await asyncio.to_thread(_file, blobs, blob, path)
    return Response(content, media_type="application/octet-stream")


def _wanted_file(call: Call, release: sqlite3.Row) -> str:
    """Return the path that a call gives, or the one that the app's config has under the key it gives."""
    key = optional_text(call.body, "fileKey")
    if call.body.get("filePath") or not key:
        return text(call.body, "filePath")
    files = json.loads(release["config"]).get("files")
    path = files.get(key) if isinstance(files, dict) else None
    if not isinstance(path, str):
        raise Refused(f'the app\'s config names no file under the key "{key}"', status=404)
    return path


def _file(blobs: Blobs, blob: Blob, path: str) -> bytes:
    with blobs.open(blob.sha256) as file, tarfile.open(fileobj=file, mode="r:") as archive:
        try:
            found = archive.extractfile(f"{releases.TOP}/{path}")
        except KeyError:
            found = None
        if found is None:
            raise Refused(f'the app has no file "{path}"', status=404)
        return found.read()


async def _add(call: Call) -> Reply:
    if call.principal.session_id is not None:
        raise Refused("a session may not register apps", status=403)
    services = call.services
    folder = Path(text(call.body, "path"))
    if not folder.is_absolute():
        raise Refused(f'"path" is "{folder}", expected an absolute path')
    snapshot = await asyncio.to_thread(releases.take_snapshot, folder.resolve(), services.blobs)
    release = releases.add_release(
        services.store,
        snapshot,
        slug=optional_text(call.body, "slug"),
        version=optional_text(call.body, "version"),
        now=call.now,
    )
    module = call.one("App", release["module_id"], "SELECT * FROM module WHERE id = ?")
    return modules.form(services.store, module, release["version"])


METHODS: Methods = {
    "ecosystem.list": _list,
    "ecosystem.info": _info,
    "ecosystem.file.download": _download,
    "embedded.apps.add": _add,
}
