"""Artifacts that exist on the instance: one by its id or path, or all of a kind."""

import json
from collections.abc import Sequence
from posixpath import basename, dirname

from slyflow.errors import BadReply, NotFound, SlyflowError
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.instance import Instance, TeamFile
from slyflow.model.launch import Workspace


class Missing(SlyflowError):
    """An output or input was not found; the message says why, for the person who declared it."""


class Ambiguous(Missing):
    """Something was found that may be what is meant, or may not; the message says how to name it."""


def known(instance: Instance, workspace: Workspace, kind: Kind, value: object) -> Artifact:
    """Return the existing artifact with this id or path; Missing when there is none."""
    if kind.by_path:
        return _by_path(instance, workspace, kind, value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Missing(f"{json.dumps(value)} is no id of a {kind}")
    try:
        return instance.projects.artifact(kind, value)
    except NotFound as error:
        raise Missing(f"there is no {kind} {value}") from error


def _by_path(instance: Instance, workspace: Workspace, kind: Kind, value: object) -> Artifact:
    if isinstance(value, int) and not isinstance(value, bool) and kind is not Kind.FOLDER:
        try:
            return file_artifact(kind, instance.files.file(value))
        except NotFound as error:
            raise Missing(f"there is no file {value} in Team Files") from error
    if not isinstance(value, str) or not value.startswith("/"):
        raise Missing(f"{json.dumps(value)} is no Team Files path (it starts with /)")
    if kind is Kind.FOLDER:
        if not instance.files.files(workspace.team_id, value.rstrip("/") + "/"):
            raise Missing(f"there is no folder {value} in Team Files")
        return folder(value)
    for file in instance.files.files(workspace.team_id, dirname(value).rstrip("/") + "/"):
        if file.path == value:
            return file_artifact(kind, file)
    raise Missing(f"there is no file {value} in Team Files")


def existing(instance: Instance, workspace: Workspace, kind: Kind) -> Sequence[Artifact]:
    """Return everything of a kind that lists can be compared for: projects, datasets or files."""
    if kind is Kind.PROJECT:
        return instance.projects.projects(workspace.id)
    if kind is Kind.DATASET:
        return [
            dataset
            for project in instance.projects.projects(workspace.id)
            if project.id is not None
            for dataset in instance.projects.datasets(project.id)
        ]
    if kind.by_path:
        return [file_artifact(Kind.FILE, file) for file in instance.files.files(workspace.team_id, "/")]
    raise BadReply(f"lists of kind {kind} cannot be compared")


def folder(path: str) -> Artifact:
    """Return a Team Files folder; its path ends without a slash."""
    clean = path.rstrip("/") or "/"
    return Artifact(Kind.FOLDER, path=clean, name=basename(clean), url=f"/files/?path={clean}/")


def file_artifact(kind: Kind, file: TeamFile) -> Artifact:
    """Return a Team Files file as an artifact."""
    return Artifact(kind, file.id, file.path, file.name, file.url or f"/files/{file.id}")
