"""Projects, datasets and versions: looked up, listed, made; a project's classes and tags."""

from collections.abc import Mapping, Sequence

from slyflow.client.page import entities
from slyflow.client.retry import READ, WRITE
from slyflow.client.row import Row, at, identity, mapping, text, whole
from slyflow.client.transport import Transport
from slyflow.errors import NotFound
from slyflow.model.artifact import Artifact, Kind
from slyflow.model.value import Json

# Kind → method that tells of one, and where people open it, relative to the instance's address.
_INFO = {
    Kind.PROJECT: ("projects.info", "/projects/{id}/datasets"),
    Kind.DATASET: ("datasets.info", "/projects/{projectId}/datasets/{id}"),
    Kind.TASK: ("tasks.info", "/apps/sessions/{id}"),
    Kind.APP_SESSION: ("tasks.info", "/apps/sessions/{id}"),
    Kind.JOB: ("jobs.info", "/labeling/jobs/{id}"),
}


class Projects:
    """Looks up and makes projects and datasets (`model.instance.Projects`)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def artifact(self, kind: Kind, data_id: int) -> Artifact:
        """Return the project, dataset, task or job with this id, with name and url. NotFound when gone.

        A version comes back as its id alone: the API tells of versions only to who knows their project.
        """
        if kind is Kind.PROJECT_VERSION:
            return Artifact(kind, data_id)
        return _artifact(kind, self._info(kind, data_id), _INFO[kind][0])

    def changed_at(self, kind: Kind, data_id: int) -> str | None:
        """Return when it was last changed, ISO 8601 in the server's time; None when that is not told."""
        row = self._info(kind, data_id)
        return text(row, "updatedAt") or text(row, "createdAt")

    def projects(self, workspace_id: int) -> Sequence[Artifact]:
        """Return all projects of the workspace."""
        found = entities(self._transport, "projects.list", {"workspaceId": workspace_id, "filter": []})
        return [_artifact(Kind.PROJECT, row, "projects.list") for row in found]

    def datasets(self, project_id: int) -> Sequence[Artifact]:
        """Return all datasets of the project, nested ones included."""
        body: Row = {"projectId": project_id, "filter": [], "recursive": True}
        found = entities(self._transport, "datasets.list", body)
        return [_artifact(Kind.DATASET, {"projectId": project_id, **row}, "datasets.list") for row in found]

    def version_id(self, project_id: int, number: int) -> int:
        """Return the id of a project version by its number. NotFound when there is none."""
        method = "projects.versions.list"
        wanted: Json = [{"field": "version", "operator": "=", "value": number}]
        for row in entities(self._transport, method, {"projectId": project_id, "filter": wanted}):
            if whole(row, "version", -1) == number:
                return identity(row, "id", method)
        raise NotFound(f"project {project_id} has no version {number}", status=404)

    def _info(self, kind: Kind, data_id: int) -> Row:
        method, _ = _INFO[kind]
        answer = self._transport.call(method, {"id": data_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no {kind.value.replace('_', ' ')} {data_id}", status=404)
        return mapping(answer, method)

    def create_project(
        self, workspace_id: int, name: str, project_type: str = "images", description: str = ""
    ) -> int:
        """Make a project and return its id. Rejected when the name is taken."""
        body: Row = {
            "workspaceId": workspace_id,
            "name": name,
            "type": project_type,
            "description": description,
        }
        answer = mapping(self._transport.call("projects.add", body, retry=WRITE), "projects.add")
        return identity(answer, "id", "projects.add")

    def free_name(self, workspace_id: int, name: str) -> str:
        """Return `name`, or where a project of the workspace has it, the name with the next free number."""
        taken = {project.name for project in self.projects(workspace_id)}
        free, number = name, 0
        while free in taken:
            number += 1
            free = f"{name}_{number:03d}"
        return free

    def create_dataset(self, project_id: int, name: str, parent_id: int | None = None) -> int:
        """Make a dataset, in the project or within another dataset, and return its id."""
        body: Row = {"projectId": project_id, "name": name, "description": "", "parentId": parent_id}
        answer = mapping(self._transport.call("datasets.add", body, retry=WRITE), "datasets.add")
        return identity(answer, "id", "datasets.add")

    def meta(self, project_id: int) -> dict[str, Json]:
        """Return the project's `{classes, tags, projectType}`, each class and tag with its id."""
        answer = self._transport.call("projects.meta", {"id": project_id}, retry=READ)
        return dict(mapping(answer, "projects.meta"))

    def set_meta(self, project_id: int, meta: Mapping[str, Json]) -> dict[str, Json]:
        """Set the project's classes and tags and return them with their new ids."""
        method = "projects.meta.update"
        answer = mapping(self._transport.call(method, {"id": project_id, "meta": meta}, retry=READ), method)
        # Old servers only say that it worked.
        return dict(answer) if "classes" in answer else self.meta(project_id)


def _artifact(kind: Kind, row: Row, method: str) -> Artifact:
    _, url = _INFO[kind]
    place = {"id": identity(row, "id", method), "projectId": whole(row, "projectId")}
    name = text(row, "name") or at(row, "meta", "name")
    return Artifact(
        kind,
        id=place["id"],
        name=name if isinstance(name, str) else None,
        url=url.format_map(place),
    )
