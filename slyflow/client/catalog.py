"""Apps, agents and workspaces, looked up by the names that pipelines use."""

from pathlib import Path

from slyflow.catalog.config import fingerprint
from slyflow.catalog.module import Module
from slyflow.client.about import About
from slyflow.client.ecosystem import Ecosystem
from slyflow.client.module import read_module
from slyflow.client.named import only
from slyflow.client.page import entities
from slyflow.client.retry import READ, WRITE
from slyflow.client.row import Row, as_id, at, identity, mapping, text
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected, Unsupported
from slyflow.model.interface import App
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AgentRef, AppRef, WorkspaceRef
from slyflow.model.value import Json


class Catalog:
    """Looks things up by name (`model.instance.Catalog`)."""

    def __init__(self, transport: Transport, about: About, ecosystem: Ecosystem) -> None:
        self._transport = transport
        self._about = about
        self._ecosystem = ecosystem

    def app(self, ref: AppRef, base: str) -> App:
        """Return the app, at the newest release unless `ref` says which.

        `ref.path` is relative to the folder `base`. NotFound when there is no such app or version,
        UsageError when a name fits several, Unsupported for a path on a remote instance.
        """
        if ref.path is not None:
            return self._local_app(ref.path, base)
        module_id = self._module_id(ref)
        if ref.branch is not None:
            return _app(self._ecosystem.module(module_id, version=ref.branch), ref.branch, is_branch=True)
        module = self._ecosystem.released(module_id, ref.version)
        assert module.version is not None, "a release has a version"
        return _app(module, module.version)

    def agent(self, ref: AgentRef, team_id: int) -> int | None:
        """Return the agent's id, None for any agent. NotFound when there is none of that name."""
        if ref.id is not None:
            answer = mapping(self._transport.call("agents.info", {"id": ref.id}, retry=READ), "agents.info")
            return identity(answer, "id", "agents.info")
        if ref.name is None:
            return None
        found = entities(self._transport, "agents.list", {"teamId": team_id, "filter": []})
        return identity(only(found, ref.name, "agent"), "id", "agents.list")

    def workspace(self, ref: WorkspaceRef) -> Workspace:
        """Return the workspace, the token's first one for an empty ref. NotFound when there is none."""
        user = self.user()
        if ref.id is not None:
            answer = self._transport.call("workspaces.info", {"id": ref.id}, retry=READ)
            row = mapping(answer, "workspaces.info")
            team_id = identity(row, "teamId", "workspaces.info")
            return Workspace(identity(row, "id", "workspaces.info"), team_id, user)
        teams = entities(self._transport, "teams.list", {"filter": []})
        if ref.team is not None:
            team_id = identity(only(teams, ref.team, "team"), "id", "teams.list")
            spaces = self._workspaces(team_id)
            return Workspace(
                identity(only(spaces, ref.name or "", "workspace"), "id", "workspaces.list"), team_id, user
            )
        for team_id in sorted(identity(team, "id", "teams.list") for team in teams):
            spaces = self._workspaces(team_id)
            if spaces:
                return Workspace(min(identity(row, "id", "workspaces.list") for row in spaces), team_id, user)
        raise NotFound("this token sees no workspace", status=404)

    def lacks(self, workspace: Workspace) -> bool:
        """Return whether the workspace is certainly gone: its team is there and does not have it.

        False when the token may only not see it.
        """
        teams = entities(self._transport, "teams.list", {"filter": []})
        if all(as_id(team.get("id")) != workspace.team_id for team in teams):
            return False
        if any(as_id(row.get("id")) == workspace.id for row in self._workspaces(workspace.team_id)):
            return False
        try:
            return self._transport.call("workspaces.info", {"id": workspace.id}, retry=READ) is None
        except NotFound:
            return True

    def user(self) -> int | None:
        """Return the id of the token's user, None when the instance does not tell."""
        try:
            answer = self._transport.call("users.me", retry=READ)
        except Rejected:
            return None  # only needed to tell our own sessions from others'
        return as_id(at(mapping(answer, "users.me"), "id"))

    def user_named(self, login: str, team_id: int) -> int:
        """Return the id of the team's member with this login. NotFound when there is none."""
        wanted: list[Json] = [{"field": "login", "operator": "=", "value": login}]
        found = entities(self._transport, "members.list", {"teamId": team_id, "filter": wanted})
        for row in found:
            # A server that cannot filter by login lists all members.
            if text(row, "login") == login:
                return identity(row, "id", "members.list")
        raise NotFound(f'there is no user "{login}" in the team {team_id}', status=404)

    def _workspaces(self, team_id: int) -> list[Row]:
        return entities(self._transport, "workspaces.list", {"teamId": team_id, "filter": []})

    def _module_id(self, ref: AppRef) -> int:
        if ref.module_id is not None:
            return ref.module_id
        if ref.slug is not None:
            return self._ecosystem.module_id(ref.slug)
        assert ref.name is not None
        return self._ecosystem.named(ref.name).id

    def _local_app(self, path: str, base: str) -> App:
        folder = Path(base, path).resolve()
        if not (folder / "config.json").is_file():
            raise NotFound(
                f"there is no app in {folder}", status=404, hint="an app is a folder with config.json"
            )
        if not self._about.embedded:
            raise Unsupported(
                f"{self._transport.url} cannot run the app in {path}",
                hint="only an embedded instance runs apps from folders; give the app's slug",
            )
        answer = self._transport.call("embedded.apps.add", {"path": str(folder)}, retry=WRITE)
        module = read_module(mapping(answer, "embedded.apps.add"), "embedded.apps.add")
        # The release that the folder is now, which another folder's upload may have followed.
        if module.version is None:
            raise BadReply("embedded.apps.add: the answer names no version")
        return _app(module, module.version)


def _app(module: Module, version: str, *, is_branch: bool = False) -> App:
    return App(
        slug=module.slug,
        module_id=module.id,
        version=version,
        name=module.name,
        interface=module.interface,
        is_branch=is_branch,
        config_sha256=fingerprint(module.config),
        archive_sha256=module.archive_sha256,
    )
