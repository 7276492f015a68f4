"""The ecosystem: the modules that an instance knows, looked up and listed, and their code downloaded."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from slyflow.catalog.module import Module
from slyflow.catalog.version import newest
from slyflow.client.code import check_free, scratch_beside, unpack_code
from slyflow.client.download import Download, Progress, download
from slyflow.client.module import read_module
from slyflow.client.named import only
from slyflow.client.page import entities
from slyflow.client.retry import READ
from slyflow.client.row import Row, identity, mapping
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, UsageError
from slyflow.model.value import Json
from slyflow.text import did_you_mean

_LIST, _INFO, _DOWNLOAD = "ecosystem.list", "ecosystem.info", "ecosystem.file.download"
_DOUBT = "check the spelling, and that this token's team may use it"
LARGEST_FILE = 2 << 30
"""Bytes; a longer file or archive is refused."""


class Ecosystem:
    """Looks modules up by id, slug and name, lists them, and downloads their code."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def module(self, which: int | str, *, version: str | None = None) -> Module:
        """Return the module with this id or slug, with the config of `version`, or else of the newest.

        NotFound when there is no such module, or it has no such version.
        """
        body: dict[str, Json] = {"id" if isinstance(which, int) else "slug": which}
        if version is not None:
            body["version"] = version
        named = f'"{which}"' if version is None else f'"{which}" with version {version}'
        try:
            answer = self._transport.call(_INFO, body, retry=READ)
        except NotFound as error:
            raise NotFound(f"there is no app {named}", status=404, hint=_DOUBT) from error
        if answer is None:
            raise NotFound(f"there is no app {named}", status=404, hint=_DOUBT)
        return read_module(mapping(answer, _INFO), _INFO)

    def released(self, which: int | str, version: str | None = None) -> Module:
        """Return the module as of a release, the newest by its number unless `version` says which.

        Its `version` says it too. NotFound when there is no such release, or none at all.
        """
        module = self.module(which)
        releases = [release.version for release in module.releases]
        wanted = version or newest(releases)
        if wanted is None:
            raise NotFound(
                f'app "{module.slug}" has no release',
                status=404,
                hint="say which branch: {slug: …, branch: main}",
            )
        if wanted not in releases:
            raise NotFound(
                f'there is no such version of app "{module.slug}"{did_you_mean(wanted, releases)}',
                status=404,
                hint=f"the newest is {newest(releases)}" if releases else None,
            )
        if wanted != releases[0]:
            # The config of this very version: its arguments may differ from the newest's.
            module = self.module(module.id, version=wanted)
        return replace(module, version=wanted)

    def module_id(self, slug: str) -> int:
        """Return the id of the one module with this slug. NotFound when there is none."""
        wanted: Json = [{"field": "slug", "operator": "=", "value": slug}]
        found = entities(self._transport, _LIST, {"filter": wanted})
        # A server that ignores the filter lists everything.
        found = [row for row in found if row.get("slug") == slug]
        if not found:
            raise NotFound(f'there is no app "{slug}"', status=404, hint=_DOUBT)
        if len(found) > 1:
            raise BadReply(f'{_LIST}: there are {len(found)} apps with the slug "{slug}"')
        return identity(found[0], "id", _LIST)

    def modules(
        self,
        *,
        search: str | None = None,
        categories: Sequence[str] = (),
        every_category: bool = False,
    ) -> list[Module]:
        """Return the modules that fit, all when nothing is asked for; none is an empty list.

        With `every_category` a module must be in all the categories, else in any of them.
        """
        body: dict[str, Json] = {} if search is None else {"search": search}
        if categories:
            body["categories"] = list(categories)
            body["categoriesOperation"] = "and" if every_category else "or"
        return [read_module(row, _LIST) for row in entities(self._transport, _LIST, body)]

    def named(self, name: str) -> Module:
        """Return the module with exactly this name.

        NotFound with a suggestion when there is none, UsageError when there are several.
        """
        found = entities(self._transport, _LIST, {"search": name})
        return read_module(only(found, name, "app"), _LIST)

    def download_file(
        self,
        module_id: int,
        path: Path,
        *,
        file: str | None = None,
        key: str | None = None,
        version: str | None = None,
        app_id: int | None = None,
        limit: int = LARGEST_FILE,
        sha256: str | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Write one file of an app's code to `path`: `file` is its path, or `key` its key under `files`.

        `version` is the newest unless given. BadReply when what comes is not whole, not what `sha256`
        says, or longer than `limit` bytes; then `path` is as it was.
        """
        if file is None and key is None:
            raise UsageError("which file to download is not said", hint="give file= or key=")
        named: Row = {"version": version, "appId": app_id, "filePath": file, "fileKey": key}
        given = {name: value for name, value in named.items() if value is not None}
        return download(
            self._transport,
            _DOWNLOAD,
            {"moduleId": module_id, **given},
            path,
            limit=limit,
            sha256=sha256,
            progress=progress,
        )

    def download_archive(
        self,
        module_id: int,
        version: str,
        path: Path,
        *,
        app_id: int | None = None,
        limit: int = LARGEST_FILE,
        sha256: str | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Write the archive of an app's code, a tar that may be gzipped, to `path`, as `download_file`."""
        body: dict[str, Json] = {"moduleId": module_id, "version": version, "isArchive": True}
        if app_id is not None:
            body["appId"] = app_id
        return download(self._transport, _DOWNLOAD, body, path, limit=limit, sha256=sha256, progress=progress)

    def download_code(
        self,
        module_id: int,
        version: str,
        folder: Path,
        *,
        app_id: int | None = None,
        sha256: str | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Make `folder`, which must not exist, of an app's code, and return what its archive was.

        BadReply for an archive that is damaged, too large, or holds anything but files and folders.
        """
        check_free(folder)
        with scratch_beside(folder) as scratch:
            archive = scratch / "archive"
            got = self.download_archive(
                module_id, version, archive, app_id=app_id, sha256=sha256, progress=progress
            )
            unpack_code(archive, folder)
        return replace(got, path=folder)
