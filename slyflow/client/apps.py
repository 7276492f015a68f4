"""The apps of a team: listed with every filter, looked up, and their sessions listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from slyflow.catalog.config import read_interface
from slyflow.catalog.freezing import frozen
from slyflow.catalog.module import NOTHING
from slyflow.client.filter import Filter
from slyflow.client.page import entities
from slyflow.client.retry import READ
from slyflow.client.row import Row, as_id, identity, mapping, text
from slyflow.client.session import read_session
from slyflow.client.transport import Transport
from slyflow.errors import NotFound, UsageError
from slyflow.model.interface import Interface
from slyflow.model.session import Session, Status
from slyflow.model.value import Json

_LIST, _INFO, _SESSIONS = "apps.list", "apps.info", "apps.tasks.list"


@dataclass(frozen=True, slots=True)
class TeamApp:
    """A module as a team has it. `sessions` are those that the answer told, newest first."""

    id: int
    module_id: int | None
    slug: str
    name: str
    team_id: int | None
    created_by: int | None
    user_login: str | None
    is_disabled: bool
    is_shared: bool
    repository: str | None
    interface: Interface = field(hash=False, repr=False)
    config: Mapping[str, Json] = field(hash=False, repr=False)
    sessions: tuple[Session, ...] = field(hash=False, repr=False)


class Apps:
    """Lists a team's apps and their sessions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def listed(
        self,
        team_id: int,
        *,
        where: Sequence[Filter] = (),
        targets: Sequence[str] = (),
        repository: str | None = None,
        integrated_into: Sequence[str] = (),
        session_tags: Sequence[str] = (),
        show_disabled: bool = False,
        only_running: bool = False,
        with_shared: bool = True,
        every_session: bool = True,
    ) -> list[TeamApp]:
        """Return a team's apps, by id.

        `targets` are context-menu targets, `integrated_into` places such as `image_annotation_tool`,
        `repository` the key of one; with `only_running` only apps with live sessions. The apps' own
        `sessions` are all of theirs, or without `every_session`, or with `only_running`, the live ones.
        """
        body: Row = {
            "teamId": team_id,
            "filter": [condition.body() for condition in where],
            "context": list(targets),
            "repositoryKey": repository,
            "integratedInto": list(integrated_into),
            "sessionTags": list(session_tags),
            "onlyRunning": only_running,
            "showDisabled": show_disabled,
            "withShared": with_shared,
            "forceAllSessions": every_session and not only_running,
        }
        return [_app(row, _LIST) for row in entities(self._transport, _LIST, body)]

    def app(self, app_id: int) -> TeamApp:
        """Return one app of a team by its id there, which is not the module's. NotFound when it is gone."""
        answer = self._transport.call(_INFO, {"id": app_id}, retry=READ)
        if answer is None:
            raise NotFound(f"there is no app {app_id} in any team of this token", status=404)
        return _app(mapping(answer, _INFO), _INFO)

    def sessions(
        self,
        team_id: int,
        module_id: int,
        *,
        name: str | None = None,
        statuses: Sequence[Status] | None = None,
        show_disabled: bool = False,
        with_shared: bool = False,
    ) -> list[Session]:
        """Return a module's sessions in a team, newest first; none when the team does not have the module.

        `name` is the session's exact name. With `with_shared` those of apps that other teams share too.
        """
        found: dict[int, Session] = {}
        for app in self._of_module(team_id, module_id, with_shared=with_shared):
            body: dict[str, Json] = {
                "teamId": team_id,
                "appId": app,
                "showDisabled": show_disabled,
                "withShared": with_shared,
            }
            if statuses is not None:
                body["filter"] = [_status_filter(statuses).body()]
            for row in entities(self._transport, _SESSIONS, body):
                session = read_session(row, _SESSIONS)
                found[session.id] = replace(session, module_id=module_id)
        wanted = [one for one in found.values() if name is None or one.name == name]
        return sorted(wanted, key=lambda one: one.id, reverse=True)

    def _of_module(self, team_id: int, module_id: int, *, with_shared: bool) -> list[int]:
        apps = self.listed(
            team_id, where=[Filter("moduleId", module_id)], with_shared=with_shared, every_session=False
        )
        # A server that ignores the filter lists everything.
        return [app.id for app in apps if app.module_id in (module_id, None)]


def _status_filter(statuses: Sequence[Status]) -> Filter:
    if Status.UNKNOWN in statuses:
        raise UsageError("sessions cannot be listed by a status that is not known")
    return Filter("status", [status.value for status in statuses], "in")


def _app(row: Row, method: str) -> TeamApp:
    given = frozen(row.get("config"))
    config = given if isinstance(given, Mapping) else NOTHING
    slug = text(row, "slug") or ""
    return TeamApp(
        id=identity(row, "id", method),
        module_id=as_id(row.get("moduleId")),
        slug=slug,
        name=text(row, "name") or text(config, "name") or slug,
        team_id=as_id(row.get("teamId")),
        created_by=as_id(row.get("createdBy")),
        user_login=text(row, "userLogin"),
        is_disabled=row.get("disabled") is True,
        is_shared=row.get("isShared") is True,
        repository=text(row, "repo"),
        interface=read_interface(config),
        config=config,
        sessions=tuple(_sessions(row.get("tasks"), method)),
    )


def _sessions(tasks: Json, method: str) -> list[Session]:
    listed = tasks if isinstance(tasks, list) else []
    found = [read_session(task, method) for task in listed if isinstance(task, Mapping)]
    return sorted(found, key=lambda one: one.id, reverse=True)
