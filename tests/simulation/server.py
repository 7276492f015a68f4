"""The simulated instance: answers the calls of the public API from its ledger, as of a moment in time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.simulation.behaviour import behaviour
from tests.simulation.ledger import TERMINAL, Ledger, Session, parse_description
from tests.simulation.pipelines import MODULE, WORKSPACE
from tests.simulation.world import StepPlan, World

Body = Mapping[str, Any]
Answer = tuple[int, Any]
FIRST_ID = 1000
PROJECTS_FROM = 500_000
OTHER_MODULE = 77
STRANGER = 99
# One session can be read sooner than lists show it; longer than that it would be taken for lost.
LONGEST_READ_LAG = 30.0


@dataclass(frozen=True, slots=True)
class Delayed:
    """A launch that waits somewhere on its way: accepted `delay` seconds after its sender gave up."""

    body: Body
    process: int
    given_up: float
    delay: float

    @property
    def at(self) -> float:
        return self.given_up + self.delay


class Server:
    """The instance of one world. Times are the world's; a call sees what was accepted until its own."""

    def __init__(self, world: World) -> None:
        self.ledger = Ledger()
        self.world = world
        self._steps: dict[str, StepPlan] = {step.id: step for step in world.steps}
        self._random = Random(f"{world.seed}/server")
        self._next_id = FIRST_ID
        self._by_key: dict[str, Session] = {}
        self._late: list[Delayed] = []
        for _ in range(world.foreign):
            self._add_foreign(self._random.uniform(-1000.0, 0.0))

    def handle(self, method: str, body: Body, at: float) -> Answer:
        """Return status and JSON of a call at a time."""
        self.advance(at)
        return _ROUTES[method](self, body, at)

    def accept_later(self, body: Body, process: int, given_up: float, delay: float) -> None:
        """Have a launch accepted some time after its sender gave up."""
        self._late.append(Delayed(body, process, given_up, delay))

    def hang_up(self, process: int, at: float) -> None:
        """A process has died: what it waited for, it has given up at this moment."""
        self.advance(at)
        self._late = [
            replace(late, given_up=min(late.given_up, at)) if late.process == process else late
            for late in self._late
        ]

    def advance(self, at: float) -> None:
        """Accept the late launches whose time has come, in order."""
        if not self._late:
            return
        due = sorted((late for late in self._late if late.at <= at), key=lambda late: late.at)
        self._late = [late for late in self._late if late.at > at]
        for late in due:
            self._run_app(late.body, late.at)

    # Launches

    def _run_app(self, body: Body, at: float) -> Answer:
        ours = parse_description(body["description"])
        assert ours is not None, body
        _, step, attempt, marker = ours
        if self.world.honours_key and marker in self._by_key:
            return 200, [{"taskId": self._by_key[marker].id}]
        how = behaviour(self.world, self._steps[step], attempt)
        session = Session(
            id=self._id(),
            step=step,
            attempt=attempt,
            marker=marker,
            accepted_at=at,
            visible_at=at + self._random.random() * self.world.lag,
            readable_at=at + self._random.random() * min(self.world.lag, LONGEST_READ_LAG),
            timeline=how.timeline(at),
            title=body["taskName"],
            description=body["description"],
            module=body["moduleId"],
            user=body["user"],
            workspace=body["workspaceId"],
            ending=how.ending,
            deaf_until=at + how.deaf,
            vanishes_at=at + how.gone,
        )
        if how.ending != "bare" and self._steps[step].output == "project":
            session.project = PROJECTS_FROM + session.id
            self.ledger.projects[session.project] = session.id
        self.ledger.sessions[session.id] = self._by_key[marker] = session
        if self.world.copies and self._random.random() < 0.5:
            self._add_copy(session, at)
        return 200, [{"taskId": session.id}]

    def _id(self) -> int:
        self._next_id += self._random.randint(1, 3)
        return self._next_id

    def _add_foreign(self, at: float) -> None:
        """A session of somebody else; some bear a name and a description like ours, but no marker."""
        step = self._random.choice(self.world.steps).id
        looks_ours = self._random.random() < 0.5
        self._add(
            at,
            f"world: {step}" if looks_ours else "Export",
            f"slyflow run=run1 step={step} attempt=1 marker=sf-guessed" if looks_ours else "",
            MODULE if looks_ours else OTHER_MODULE,
        )

    def _add_copy(self, session: Session, at: float) -> None:
        """Somebody launches another app with the title and description of one of our sessions."""
        self._add(at + 0.5, session.title, session.description, OTHER_MODULE)

    def _add(self, at: float, title: str, description: str, module: int) -> None:
        ended = at + self._random.uniform(0.0, 500.0)
        self._next_id += 1
        self.ledger.sessions[self._next_id] = Session(
            id=self._next_id,
            step="",
            attempt=0,
            marker="",
            accepted_at=at,
            visible_at=at,
            readable_at=at,
            timeline=[(at, "started"), (ended, "finished")],
            title=title,
            description=description,
            module=module,
            user=STRANGER,
            workspace=WORKSPACE.id,
        )

    # Reads

    def _version(self, _body: Body, _at: float) -> Answer:
        return 200, {"version": "6.12.0", **({"slyflow": "0"} if self.world.embedded else {})}

    def _tasks(self, body: Body, at: float) -> Answer:
        wanted = _wanted(body)
        if wanted is not None and self.world.filters == "refused":
            return 400, {"error": "unknown field id"}
        if int(body.get("page", 1)) > 1:
            self._shift(at)
        keep = wanted if self.world.filters == "kept" else None
        found = [
            session
            for session in reversed(self.ledger.sessions.values())
            if session.visible_at <= at < session.gone_at and (keep is None or session.id in keep)
        ]
        return 200, self._page(found, body, at)

    def _page(self, found: Sequence[Session], body: Body, at: float) -> Any:
        size = min(int(body.get("per_page", 500)), self.world.page_size)
        first = (int(body.get("page", 1)) - 1) * size
        return {
            "entities": [self._row(session, at) for session in found[first : first + size]],
            "perPage": size,
            "total": len(found),
            "pagesCount": -(-len(found) // size),
        }

    def _shift(self, at: float) -> None:
        """Somebody deletes the newest ended session of theirs: what is below moves up by a row."""
        if self._random.random() >= self.world.faults.shifting:
            return
        for session in reversed(self.ledger.sessions.values()):
            if not session.step and session.is_there(at) and session.is_terminal(at):
                session.gone_at = at
                return

    def _row(self, session: Session, at: float) -> dict[str, Any]:
        """A list's replica lags: it may tell the status of a moment ago."""
        seen = at - self._random.random() * self.world.lag if self.world.lag else at
        return {
            "id": session.id,
            "status": session.show(max(seen, session.accepted_at)),
            "workspaceId": session.workspace,
            "createdBy": session.user,
            "description": session.description,
            "meta": {"name": session.title, "app": {"moduleId": session.module}},
        }

    def _apps(self, body: Body, at: float) -> Answer:
        running = {
            session.module
            for session in self.ledger.sessions.values()
            if session.is_listed(at) and session.status(at) not in TERMINAL
        }
        rows = [{"id": module} for module in sorted(running)]
        return 200, {"entities": rows, "perPage": 50, "total": len(rows), "pagesCount": 1}

    def _info(self, body: Body, at: float) -> Answer:
        session = self.ledger.sessions.get(body["id"])
        if session is None or not session.is_there(at):
            return 404, {"error": "not found"}
        row = self._row(session, at)
        row["status"] = session.show(at)
        row["meta"] |= self._result(session, at)
        return 200, row

    def _result(self, session: Session, at: float) -> dict[str, Any]:
        if session.status(at) != "finished":
            return {}
        output: dict[str, Any] = {}
        if session.ending == "soft":
            output["general"] = {"isError": True, "title": "it did not work"}
        if session.project is not None:
            output["project"] = {"id": session.project}
        answer = {} if session.ending == "bare" else {"answer": session.id}
        return {"output": output, **answer}

    def _stop(self, body: Body, at: float) -> Answer:
        session = self.ledger.sessions.get(body["id"])
        if session is None or not session.is_there(at):
            return 404, {"error": "not found"}
        if session.is_terminal(max(at, session.shown_at)):
            return 400, {"error": "it has ended"}
        session.stop(at)
        return 200, {}

    def _project(self, body: Body, at: float) -> Answer:
        maker = self.ledger.projects.get(body["id"])
        if maker is None or not self.ledger.sessions[maker].is_terminal(at):
            return 404, {"error": "not found"}
        return 200, {"id": body["id"], "name": f"made by {maker}"}

    def _projects(self, body: Body, at: float) -> Answer:
        rows = [
            {"id": project, "name": f"made by {maker}"}
            for project, maker in sorted(self.ledger.projects.items())
            if self.ledger.sessions[maker].status(at) == "finished"
        ]
        return 200, {"entities": rows, "perPage": 500, "total": len(rows), "pagesCount": 1}

    # What only an embedded instance tells

    def news_at(self, body: Body, at: float) -> float:
        """Return when a watch that came at a time is answered: at the first end, or when its time is over."""
        watched = (self.ledger.sessions.get(session_id) for session_id in body["ids"])
        ends = [session.ended_at() for session in watched if session is not None and session.is_there(at)]
        return max(at, min([at + float(body["seconds"]), *ends]))

    def _watch(self, body: Body, at: float) -> Answer:
        there = [s for i in body["ids"] if (s := self.ledger.sessions.get(i)) and s.is_there(at)]
        rows = [{**self._info({"id": session.id}, at)[1]} for session in there]
        return 200, rows

    def _traces(self, body: Body, at: float) -> Answer:
        session = self.ledger.sessions[body["taskId"]]
        stand = {
            edge.key
            for edge in self.ledger.edges
            if edge.acted and edge.key[0] == session.id and edge.at <= at
        }
        edges = [{"taskId": k[0], "direction": k[1], "type": k[2], "id": k[3]} for k in sorted(stand)]
        made = [session.project] if session.project and session.status(at) == "finished" else []
        return 200, {
            "edges": edges,
            "written": [],
            "created": {"projects": made, "datasets": [], "files": []},
        }


def _wanted(body: Body) -> set[int] | None:
    for condition in body.get("filter", ()):
        if condition["field"] == "id":
            return set(condition["value"])
    return None


# Of the class, not of each server: a world without cycles is freed at once.
_ROUTES: Mapping[str, Callable[[Server, Body, float], Answer]] = {
    "instance.version": Server._version,
    "tasks.run.app": Server._run_app,
    "tasks.list": Server._tasks,
    "apps.list": Server._apps,
    "apps.tasks.list": Server._tasks,
    "tasks.info": Server._info,
    "tasks.stop": Server._stop,
    "tasks.log.download": lambda _server, _body, _at: (200, []),
    "workflow.node.add-input": lambda _server, _body, _at: (200, {}),
    "workflow.node.add-output": lambda _server, _body, _at: (200, {}),
    "projects.info": Server._project,
    "projects.list": Server._projects,
    "embedded.watch": Server._watch,
    "embedded.traces": Server._traces,
}
