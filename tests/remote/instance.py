"""A remote instance in memory: sessions that go by the clock, and everything that was asked of it."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Body = Mapping[str, Any]
Answer = tuple[int, Any]

USER, TEAM, WORKSPACE, MODULE = 7, 6, 5, 11
SLUG, VERSION = "org/app", "v1.0.0"
FIRST_ID, PROJECTS_FROM = 1000, 500_000
_ENDED = ("finished", "error", "stopped")


@dataclass
class Session:
    """One session. `ends_at` is on the server's clock, None while only a stop ends it."""

    id: int
    title: str
    description: str
    state: dict[str, Any]
    ends_at: float | None
    ending: str = "finished"

    def status(self, now: float) -> str:
        return self.ending if self.ends_at is not None and self.ends_at <= now else "started"


@dataclass
class Remote:
    """The instance. An app's argument `seconds` says how long its session runs (-1: until it is stopped),
    `fail` that it ends in an error.

    No session ends sooner than `least_seconds`. Times are those of `clock`; `edges` are in the order in
    which they arrived.
    """

    clock: Callable[[], float] = time.monotonic
    least_seconds: float = 0.0
    sessions: dict[int, Session] = field(default_factory=dict)
    edges: list[tuple[Any, ...]] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    first_at: float | None = None
    last_at: float = 0.0
    most_listed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def handle(self, method: str, body: Body) -> Answer:
        """Return status and JSON of a call."""
        with self._lock:
            now = self.clock()
            self.asked[method] += 1
            self.first_at = now if self.first_at is None else self.first_at
            self.last_at = now
            route = _ROUTES.get(method)
            return (404, {"error": f"no method {method}"}) if route is None else route(self, body, now)

    def load(self, sessions: Sequence[Mapping[str, Any]]) -> None:
        """Begin with the sessions that `dump` told of; those that had ended have ended."""
        for row in sessions:
            ended = row["status"] in _ENDED
            kept = {name: row[name] for name in ("id", "title", "description", "state", "ending")}
            seconds = float(row["state"].get("seconds", 0))
            ends_at = self.clock() + (0.0 if ended else seconds) if ended or seconds >= 0 else None
            self.sessions[row["id"]] = Session(ends_at=ends_at, **kept)

    def dump(self) -> list[dict[str, Any]]:
        """Return the sessions as JSON tells them."""
        with self._lock:
            rows = []
            for session in self.sessions.values():
                row = asdict(session)
                del row["ends_at"]
                rows.append({**row, "status": session.status(self.clock())})
            return rows

    def launches(self) -> list[str]:
        """Return step and attempt of each session, sorted: one that stands twice was launched twice."""
        with self._lock:
            return sorted(
                "/".join(word.partition("=")[2] for word in session.description.split()[2:4])
                for session in self.sessions.values()
            )

    # Calls

    def _run_app(self, body: Body, now: float) -> Answer:
        state = dict(body["params"]["state"])
        seconds = float(state.get("seconds", 0)) or self.least_seconds
        session = Session(
            id=FIRST_ID + len(self.sessions),
            title=body["taskName"],
            description=body["description"],
            state=state,
            ends_at=now + seconds if seconds >= 0 else None,
            ending="error" if state.get("fail") else "finished",
        )
        self.sessions[session.id] = session
        return 200, [{"taskId": session.id, "userId": USER, "moduleId": MODULE}]

    def _tasks(self, body: Body, now: float) -> Answer:
        conditions = {row["field"]: row["value"] for row in body.get("filter", ())}
        ids = conditions.get("id")
        found = (
            list(reversed(self.sessions.values()))
            if ids is None
            else [self.sessions[known] for known in sorted(ids, reverse=True) if known in self.sessions]
        )
        if ids is not None:
            self.most_listed = max(self.most_listed, len(ids))
        size = int(body.get("per_page", 100))
        page = found[(int(body.get("page", 1)) - 1) * size :][:size]
        rows = [self._row(session, now) for session in page]
        return 200, {
            "entities": rows,
            "perPage": size,
            "total": len(found),
            "pagesCount": -(-len(found) // size),
        }

    def _row(self, session: Session, now: float) -> dict[str, Any]:
        output: dict[str, Any] = {}
        if session.status(now) == "finished":
            output = {"output": {"project": {"id": PROJECTS_FROM + session.id}}, "answer": session.id}
        return {
            "id": session.id,
            "type": "app",
            "status": session.status(now),
            "workspaceId": WORKSPACE,
            "teamId": TEAM,
            "createdBy": USER,
            "description": session.description,
            "meta": {"name": session.title, "app": {"id": MODULE, "moduleId": MODULE}, **output},
        }

    def _info(self, body: Body, now: float) -> Answer:
        session = self.sessions.get(int(body["id"]))
        if session is None:
            return 404, {"error": "there is no such task"}
        row = self._row(session, now)
        row["meta"]["params"] = {"state": session.state}
        return 200, row

    def _stop(self, body: Body, now: float) -> Answer:
        session = self.sessions[int(body["id"])]
        if session.status(now) not in _ENDED:
            session.ends_at, session.ending = now, "stopped"
        return 200, {"status": session.status(now)}

    def _apps(self, _body: Body, now: float) -> Answer:
        runs = any(session.status(now) not in _ENDED for session in self.sessions.values())
        return 200, _page([{"id": MODULE}] if runs else [])

    def _edge(self, direction: str, body: Body) -> Answer:
        self.edges.append((body["node"]["id"], direction, body["type"], str(body["id"])))
        return 200, {}

    def _project(self, body: Body, _now: float) -> Answer:
        number = int(body["id"])
        return 200, {"id": number, "name": f"made by {number - PROJECTS_FROM}"}


def _page(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"entities": rows, "perPage": 100, "total": len(rows), "pagesCount": 1}


def _module() -> dict[str, Any]:
    return {
        "id": MODULE,
        "slug": SLUG,
        "name": "App",
        "type": "app",
        "config": {
            "name": "App",
            "type": "app",
            "headless": True,
            "modal_template_state": {"seconds": 0, "fail": False},
            "context_menu": {"target": ["ecosystem", "images_project"]},
        },
        "meta": {"releases": [{"version": VERSION}]},
    }


_ROUTES: Mapping[str, Callable[[Remote, Body, float], Answer]] = {
    "instance.version": lambda _self, _body, _now: (200, {"version": "6.12.0"}),
    "users.me": lambda _self, _body, _now: (200, {"id": USER}),
    "teams.list": lambda _self, _body, _now: (200, _page([{"id": TEAM, "name": "team"}])),
    "workspaces.list": lambda _self, _body, _now: (200, _page([{"id": WORKSPACE, "name": "space"}])),
    "ecosystem.list": lambda _self, _body, _now: (200, _page([_module()])),
    "ecosystem.info": lambda _self, _body, _now: (200, _module()),
    "tasks.run.app": Remote._run_app,
    "tasks.list": Remote._tasks,
    "apps.tasks.list": Remote._tasks,
    "apps.list": Remote._apps,
    "tasks.info": Remote._info,
    "tasks.stop": Remote._stop,
    "tasks.log.download": lambda _self, _body, _now: (200, []),
    "workflow.node.add-input": lambda self, body, _now: self._edge("input", body),
    "workflow.node.add-output": lambda self, body, _now: self._edge("output", body),
    "projects.info": Remote._project,
}
