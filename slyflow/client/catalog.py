"""Apps, agents and workspaces, looked up by the names that pipelines use."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from slyflow.catalog.config import read_interface
from slyflow.catalog.version import newest
from slyflow.client.about import About
from slyflow.client.page import entities
from slyflow.client.retry import READ, WRITE
from slyflow.client.row import Row, as_id, at, identity, mapping, rows, text
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, NotFound, Rejected, Unsupported, UsageError
from slyflow.model.interface import App
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AgentRef, AppRef, WorkspaceRef
from slyflow.model.value import Json
from slyflow.text import did_you_mean

_INFO = "ecosystem.info"


class Catalog:
    """Looks things up by name (`model.instance.Catalog`)."""

    def __init__(self, transport: Transport, about: About) -> None:
        self._transport = transport
        self._about = about

    def app(self, ref: AppRef, base: str) -> App:
        """Return the app, at the newest release unless `ref` says which.

        `ref.path` is relative to the folder `base`. NotFound when there is no such app or version,
        UsageError when a name fits several, Unsupported for a path on a remote instance.
        """
        if ref.path is not None:
            return self._local_app(ref.path, base)
        info = self._info({"id": self._module_id(ref)}, ref)
        if ref.branch is not None:
            return self._versioned(info, ref, ref.branch)
        releases = _releases(info)
        version = ref.version or newest(releases)
        if version is None:
            raise NotFound(
                f"{ref} has no release", status=404, hint="say which branch: {slug: …, branch: main}"
            )
        if version not in releases:
            raise NotFound(
                f"{ref}: there is no such version{did_you_mean(version, releases)}",
                status=404,
                hint=f"the newest is {newest(releases)}" if releases else None,
            )
        return self._versioned(info, ref, version) if version != releases[0] else _app(info, version)

    def agent(self, ref: AgentRef, team_id: int) -> int | None:
        """Return the agent's id, None for any agent. NotFound when there is none of that name."""
        if ref.id is not None:
            answer = mapping(self._transport.call("agents.info", {"id": ref.id}, retry=READ), "agents.info")
            return identity(answer, "id", "agents.info")
        if ref.name is None:
            return None
        found = entities(self._transport, "agents.list", {"teamId": team_id, "filter": []})
        return _only(found, ref.name, "agent", "agents.list")

    def workspace(self, ref: WorkspaceRef) -> Workspace:
        """Return the workspace, the token's first one for an empty ref. NotFound when there is none."""
        user = self._user()
        if ref.id is not None:
            answer = self._transport.call("workspaces.info", {"id": ref.id}, retry=READ)
            row = mapping(answer, "workspaces.info")
            team_id = identity(row, "teamId", "workspaces.info")
            return Workspace(identity(row, "id", "workspaces.info"), team_id, user)
        teams = entities(self._transport, "teams.list", {"filter": []})
        if ref.team is not None:
            team_id = _only(teams, ref.team, "team", "teams.list")
            spaces = self._workspaces(team_id)
            return Workspace(_only(spaces, ref.name or "", "workspace", "workspaces.list"), team_id, user)
        for team_id in sorted(identity(team, "id", "teams.list") for team in teams):
            spaces = self._workspaces(team_id)
            if spaces:
                return Workspace(min(identity(row, "id", "workspaces.list") for row in spaces), team_id, user)
        raise NotFound("this token sees no workspace", status=404)

    def _workspaces(self, team_id: int) -> list[Row]:
        return entities(self._transport, "workspaces.list", {"teamId": team_id, "filter": []})

    def _user(self) -> int | None:
        try:
            answer = self._transport.call("users.me", retry=READ)
        except Rejected:
            return None  # only needed to tell our own sessions from others'
        return as_id(at(mapping(answer, "users.me"), "id"))

    def _module_id(self, ref: AppRef) -> int:
        if ref.module_id is not None:
            return ref.module_id
        if ref.slug is not None:
            wanted: Json = [{"field": "slug", "operator": "=", "value": ref.slug}]
            found = entities(self._transport, "ecosystem.list", {"filter": wanted})
            # A server that ignores the filter lists everything.
            found = [row for row in found if row.get("slug") == ref.slug]
            if len(found) != 1:
                raise NotFound(f'there is no app "{ref.slug}"', status=404, hint=_DOUBT)
            return identity(found[0], "id", "ecosystem.list")
        assert ref.name is not None
        found = entities(self._transport, "ecosystem.list", {"search": ref.name, "filter": []})
        return _only(found, ref.name, "app", "ecosystem.list")

    def _info(self, body: Mapping[str, Json], ref: AppRef) -> Row:
        try:
            answer = self._transport.call(_INFO, body, retry=READ)
        except NotFound as error:
            raise NotFound(f"there is no app {ref}", status=404, hint=_DOUBT) from error
        if answer is None:
            raise NotFound(f"there is no app {ref}", status=404, hint=_DOUBT)
        return mapping(answer, _INFO)

    def _versioned(self, info: Row, ref: AppRef, version: str) -> App:
        """Ask for the config of this very version: its arguments may differ from the newest's."""
        body: Row = {"id": identity(info, "id", _INFO), "version": version}
        return _app(self._info(body, ref), version, is_branch=ref.branch is not None)

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
        info = mapping(answer, "embedded.apps.add")
        # The release that the folder is now, which another folder's upload may have followed.
        version = text(info, "version")
        if version is None:
            raise BadReply("embedded.apps.add: the answer names no version")
        return _app(info, version)


_DOUBT = "check the spelling, and that this token's team may use it"


def _app(info: Row, version: str, *, is_branch: bool = False) -> App:
    config = info.get("config")
    return App(
        slug=text(info, "slug") or "",
        module_id=identity(info, "id", _INFO),
        version=version,
        name=text(info, "name") or "",
        interface=read_interface(config if isinstance(config, Mapping) else {}),
        is_branch=is_branch,
    )


def _releases(info: Row) -> list[str]:
    """Return the versions that were released, in the instance's order: the newest first."""
    found = at(info, "meta", "releases")
    listed = rows(found, _INFO) if isinstance(found, list) else []
    return [version for row in listed if (version := text(row, "version"))]


def _only(found: Iterable[Row], name: str, what: str, method: str) -> int:
    """Return the id of the one row with exactly this name."""
    listed = list(found)
    fitting = [row for row in listed if row.get("name") == name]
    if len(fitting) == 1:
        return identity(fitting[0], "id", method)
    if not fitting:
        known = [known for row in listed if (known := text(row, "name"))]
        raise NotFound(f'there is no {what} "{name}"{did_you_mean(name, known)}', status=404)
    ids = ", ".join(sorted(text(row, "slug") or str(row.get("id")) for row in fitting))
    raise UsageError(
        f'there are {len(fitting)} {what}s named "{name}": {ids}', hint="say which, by slug or id"
    )
