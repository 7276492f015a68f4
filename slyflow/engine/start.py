"""The beginning of a run: what the instance says of everything the pipeline refers to."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from posixpath import dirname
from typing import TypeVar

from slyflow.catalog.check import check_app_step
from slyflow.catalog.lock import Lock, LockedApp, asked_for
from slyflow.catalog.pinning import changed, unpinned
from slyflow.code import Slug
from slyflow.errors import ExpressionError, NotFound, Unsupported
from slyflow.model.event import RunCreated
from slyflow.model.instance import Instance
from slyflow.model.interface import App
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import AgentRef, AppAction, AppRef, Pipeline, Step, WorkspaceRef
from slyflow.model.value import Json
from slyflow.problem import Problem, Span, in_order
from slyflow.syntax.expression import Scope, evaluate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The apps, workspaces and agents of a pipeline's steps by step id, users by login, and the problems."""

    apps: Mapping[str, App]
    workspaces: Mapping[str, Workspace]
    agents: Mapping[str, int | None]
    users: Mapping[str, int]
    problems: tuple[Problem, ...]


class Resolver:
    """Asks the instance once for each app, workspace and agent; for an app at the release that is locked."""

    def __init__(self, instance: Instance, base: str, lock: Lock | None) -> None:
        self._catalog = instance.catalog
        self._base = base
        self._lock = lock
        self._apps: dict[AppRef, App | str] = {}
        self._workspaces: dict[WorkspaceRef, Workspace | str] = {}
        self._agents: dict[tuple[AgentRef, int], int | str | None] = {}
        self._users: dict[tuple[str, int], int | str] = {}
        self.problems: list[Problem] = []

    def app(self, ref: AppRef) -> App | None:
        """Return the app, or note the problem at the reference."""
        locked = self.locked(ref)
        wanted = ref if locked is None else locked.reference(ref.span)
        found = _once(self._apps, ref, lambda: self._catalog.app(wanted, self._base))
        self.problems += unpinned(ref, locked)
        app = self._noted(found, ref.span, "unknown-app" if locked is None else "lock-changed")
        if app is not None and locked is not None:
            self.problems += changed(app, locked, ref)
        return app

    def locked(self, ref: AppRef) -> LockedApp | None:
        """Return what the lock says of an app, None when it is silent, or there is none."""
        asked = asked_for(ref)
        return None if self._lock is None or asked is None else self._lock.apps.get(asked)

    def workspace(self, ref: WorkspaceRef, span: Span) -> Workspace | None:
        """Return the workspace, or note the problem at the step."""
        found = _once(self._workspaces, ref, lambda: self._catalog.workspace(ref))
        return self._noted(found, span, "unknown-workspace")

    def agent(self, ref: AgentRef, team_id: int, span: Span) -> int | None:
        """Return the agent's id, None for any agent; note the problem at the step."""
        if ref == AgentRef():
            return None
        key = (ref, team_id)
        found = _once(self._agents, key, lambda: self._catalog.agent(ref, team_id))
        return self._noted(found, span, "unknown-agent")

    def user(self, login: str, team_id: int, span: Span) -> int | None:
        """Return the id of the team's member, or note the problem at the step."""
        key = (login, team_id)
        found = _once(self._users, key, lambda: self._catalog.user_named(login, team_id))
        return self._noted(found, span, "unknown-user")

    def _noted(self, found: T | str, span: Span, slug: Slug) -> T | None:
        if isinstance(found, str):
            self.problems.append(Problem(span, found, slug))
            return None
        return found


K = TypeVar("K")


def _once(memory: dict[K, T | str], key: K, ask: Callable[[], T]) -> T | str:
    """Return what `ask` gives, the first time only; what is not there is its message."""
    if key not in memory:
        try:
            memory[key] = ask()
        except (NotFound, Unsupported) as error:
            memory[key] = error.message
    return memory[key]


def resolve_references(
    pipeline: Pipeline,
    instance: Instance,
    params: Mapping[str, Json],
    files: Mapping[str, str],
    lock: Lock | None = None,
    folders: Container[str | None] = (),
) -> Resolved:
    """Look up every app, workspace, agent and user, and hold each app step against its app's interface.

    A user's login may be computed from the params, `files` holding what they may name. Steps whose app is
    in the `lock` or in one of the `folders` were held against that before: of them it is only told where
    the lock is out of date.
    """
    resolver = Resolver(instance, dirname(pipeline.path), lock)
    version = None if instance.tracing is not None else instance.version
    apps: dict[str, App] = {}
    workspaces: dict[str, Workspace] = {}
    agents: dict[str, int | None] = {}
    users: dict[str, int] = {}
    scope = Scope(params=params)
    for name, step in pipeline.all_steps.items():
        workspace = resolver.workspace(_workspace_ref(step), step.span)
        if workspace is not None:
            workspaces[name] = workspace
        if not isinstance(step.action, AppAction):
            continue
        app = resolver.app(step.action.app)
        if app is not None:
            apps[name] = app
            if resolver.locked(step.action.app) is None and step.action.app.path not in folders:
                resolver.problems += check_app_step(step, app, version)
        if workspace is not None:
            agents[name] = resolver.agent(step.action.agent, workspace.team_id, step.span)
            login = _login(step.action, scope, files)
            user = resolver.user(login, workspace.team_id, step.span) if login is not None else None
            if login is not None and user is not None:
                users[login] = user
    return Resolved(apps, workspaces, agents, users, tuple(in_order(resolver.problems)))


def _login(action: AppAction, scope: Scope, files: Mapping[str, str]) -> str | None:
    """Return the login that a step names its user by, None for an id and for what steps compute."""
    try:
        user = evaluate(action.user, scope, files)
    except ExpressionError:
        return None
    return user if isinstance(user, str) else None


def _workspace_ref(step: Step) -> WorkspaceRef:
    return step.action.workspace if isinstance(step.action, AppAction) else WorkspaceRef()


def run_created(
    pipeline: Pipeline,
    resolved: Resolved,
    instance: Instance,
    *,
    source: str,
    files: Mapping[str, str],
    params: Mapping[str, Json],
    run_id: str,
    secret_hex: str,
    started_at: str,
    max_sessions: int,
    slyflow_version: str,
) -> RunCreated:
    """Return the first event of a run: everything that a resume needs."""
    return RunCreated(
        run_id=run_id,
        pipeline=pipeline.name,
        path=pipeline.path,
        source=source,
        files=files,
        params=params,
        instance_url=instance.url,
        home_instance=instance.tracing is not None,
        secret_hex=secret_hex,
        slyflow_version=slyflow_version,
        started_at=started_at,
        max_sessions=pipeline.max_sessions or max_sessions,
        apps=resolved.apps,
        workspaces=resolved.workspaces,
        agents=resolved.agents,
        users=resolved.users,
    )
