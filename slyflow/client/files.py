"""Team Files: listed, read, written and removed by their absolute paths."""

from collections.abc import Sequence

from slyflow.client.multipart import Part
from slyflow.client.retry import READ, WRITE
from slyflow.client.row import Row, at, identity, mapping, rows, text, whole
from slyflow.client.teampath import check_path
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, UsageError
from slyflow.model.instance import TeamFile


class Files:
    """Reads and writes Team Files (`model.instance.Files`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def files(self, team_id: int, folder: str) -> Sequence[TeamFile]:
        """Return all files below `folder` (which ends in `/`), recursively; empty when there is none."""
        body: Row = {"teamId": team_id, "path": check_path(folder), "recursive": True}
        try:
            answer = self._transport.call("file-storage.list", body, retry=READ)
        except NotFound:
            return ()
        found = rows(answer, "file-storage.list")
        return [_file(row, "file-storage.list") for row in found if row.get("isDir") is not True]

    def file(self, file_id: int) -> TeamFile:
        """Return one file by its id. NotFound when it is gone."""
        answer = self._transport.call("file-storage.info", {"id": file_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no file {file_id} in Team Files", status=404)
        return _file(mapping(answer, "file-storage.info"), "file-storage.info")

    def read(self, team_id: int, path: str, limit: int) -> bytes:
        """Return a file's content; BadReply when it is longer than `limit` bytes."""
        body: Row = {"teamId": team_id, "path": check_path(path)}
        return self._transport.fetch("file-storage.download", body, limit=limit)

    def upload(self, team_id: int, path: str, content: bytes) -> TeamFile:
        """Write a file, and return what the instance made of it."""
        folder, _, name = check_path(path).rpartition("/")
        if not name:
            raise UsageError(f"{path} names a folder in Team Files, expected a file")
        parts = [
            Part("name", name.encode()),
            Part("path", f"{folder}/".encode()),
            Part("file", content, name),
        ]
        method = "file-storage.bulk.upload"
        answer = rows(self._transport.upload(method, parts, query={"teamId": team_id}, retry=WRITE), method)
        if len(answer) != 1:
            raise BadReply(f"{method}: sent one file, the instance answered {len(answer)}")
        return _file(answer[0], method)

    def remove(self, team_id: int, path: str) -> None:
        """Remove a file, or a folder (which ends in `/`) with all that is in it."""
        self._transport.call(
            "file-storage.remove", {"teamId": team_id, "path": check_path(path)}, retry=WRITE
        )


def _file(row: Row, method: str) -> TeamFile:
    file_id = identity(row, "id", method)
    path = text(row, "path")
    if path is None or not path.startswith("/"):
        raise BadReply(f"{method}: file {file_id} has no path")
    meta = at(row, "meta")
    return TeamFile(
        id=file_id,
        path=path,
        name=text(row, "name") or path.rpartition("/")[2],
        size=whole(meta if isinstance(meta, dict) else row, "size"),
        storage_path=text(row, "storagePath"),
        updated_at=text(row, "updatedAt"),
        url=f"/files/{file_id}",
    )
