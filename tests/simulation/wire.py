"""What lies between the client and the simulated instance: delays, faults, storms, and counters."""

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from slyflow.client.exchange import Answer, Request, Sink
from slyflow.client.retry import Timeout
from slyflow.errors import NotSent, Unavailable
from tests.simulation.crash import CrashPlan
from tests.simulation.ledger import Sent
from tests.simulation.pipelines import FIRST_USER
from tests.simulation.server import Server
from tests.simulation.witness import Witness
from tests.simulation.world import Storm, World

API = "/public/api/v3/"
URL = "http://127.0.0.1:1"
_EDGES = {"workflow.node.add-input": "input", "workflow.node.add-output": "output"}
_ACTING = frozenset({"tasks.run.app", "tasks.stop", *_EDGES})
_REFUSABLE = frozenset({"tasks.run.app", *_EDGES})
# What a process asks before it drives the run; it dies there as it would before its start.
_QUIET = frozenset({"users.me", "instance.version"})
_FAULTS = ("unsent", "busy", "failed_before", "failed_after", "cut_before", "cut_after", "garbled")
_FAILURES = (500, 502, 503, 504, 408, 499)
_REFUSALS = (400, 404, 409, 422)
_GARBLED = (
    b"<html><body>Sign in</body></html>", b'[{"taskId": 1', b"null", b" null ",
    b"[]", b"{}", b"[[]]", b"", b'"ok"',
    b'[{"taskId": "12"}]', b'[{"taskId": -1}]', b'[{"taskId": 1.5}]', b'[{"taskId": [1]}]',
    b'[{"taskId": 1180591620717411303424}]', b'[{"taskId": 1}, {"taskId": 2}]',
    b'{"entities": null}', b'{"entities": [{"id": null}]}', b'{"entities": [{"id": 0, "status": null}]}',
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A request before it is written as bytes; most worlds leave it at that, as the bytes cost most."""

    method: str
    body: dict[str, Any]
    timeout: Timeout


@dataclass(frozen=True, slots=True)
class Told(Answer):
    """A good answer that may not be written as bytes either: `value` is what its JSON would be."""

    value: Any = None


class Wire:
    """One process's way to the instance. `local` is the time within the effect that is being performed."""

    def __init__(
        self, world: World, server: Server, witness: Witness, plan: CrashPlan, random: Random
    ) -> None:
        self.local = 0.0
        self.process = 0
        self.generation = 0
        self.exchanges = 0
        self.world = world
        self._server = server
        self._witness = witness
        self._crashes = plan
        self._random = random
        self._often = tuple(accumulate(getattr(world.faults, name) for name in _FAULTS))

    def sleep(self, seconds: float) -> None:
        """Let the effect that is being performed wait."""
        self.local += seconds

    def exchange(self, request: Request | Asked, *, fresh: bool, sink: Sink | None = None) -> Answer:
        """Carry one request to the instance and back, or fail as a connection does.

        What is asked in bytes is answered in bytes.
        """
        del fresh, sink
        if isinstance(request, Asked):
            return self._carry(request)
        answer = self._carry(_read(request))
        if isinstance(answer, Told):
            return replace(answer, content=json.dumps(answer.value).encode())
        return answer

    def _carry(self, asked: Asked) -> Answer:
        method, body = asked.method, asked.body
        self.exchanges += 1
        if method in _QUIET:
            return self._told(method, body, asked)
        self._crashes.point()
        self._server.ledger.count(method)
        if method in _ACTING:
            self._witness.sending(method, body, self.process, self.local)
        answer = self._told(method, body, asked)
        self._crashes.point()
        return answer

    def _told(self, method: str, body: dict[str, Any], asked: Asked) -> Answer:
        if self._is_revoked():
            self._note(method, body, acted=False, outcome="refused")
            return _answer(401, {"error": "the token is not valid"})
        body["user"] = FIRST_USER + self.generation
        storm = next((s for s in self.world.storms if s.begin <= self.local < s.begin + s.length), None)
        if storm is not None:
            return self._in_storm(storm, method, body, asked)
        fault = self._fault(method)
        self.local += self._random.uniform(0.01, 0.4) if not self.world.embedded else 0.002
        if fault:
            return self._faulty(fault, method, body, asked)
        return self._well(method, body)

    def _is_revoked(self) -> bool:
        return self.generation < sum(begin <= self.local for begin, _ in self.world.revoked)

    def _well(self, method: str, body: dict[str, Any]) -> Answer:
        status, content = self._act(method, body)
        self._note(method, body, acted=status == 200, outcome="ok" if status == 200 else "refused")
        return Told(status, {}, b"", content) if status == 200 else _answer(status, content)

    def _act(self, method: str, body: dict[str, Any]) -> tuple[int, Any]:
        if method == "users.me":
            return 200, {"id": body["user"]}
        if method == "embedded.watch":
            self.local = self._server.news_at(body, self.local)
        return self._server.handle(method, body, self.local)

    def _fault(self, method: str) -> str:
        """Draw which fault this request meets, empty for none."""
        faults = self.world.faults
        if self.local >= self.world.calm_from or method == "instance.version":
            return ""
        drawn = self._random.random()
        if drawn < self._often[-1]:
            return _FAULTS[bisect_right(self._often, drawn)]
        if method == "tasks.run.app" and drawn < self._often[-1] + faults.late:
            return "late"
        if method in _REFUSABLE and self._random.random() < faults.refused:
            return "refused"
        return ""

    def _faulty(self, fault: str, method: str, body: dict[str, Any], asked: Asked) -> Answer:
        match fault:
            case "unsent":
                return self._unsent(method, body)
            case "busy":
                return self._busy(method, body)
            case "refused":
                self._note(method, body, acted=False, outcome="refused")
                return _answer(self._random.choice(_REFUSALS), {"error": "no"})
            case "failed_before" | "cut_before":
                return self._unknown(method, body, asked, acted=False, cut=fault == "cut_before")
            case "failed_after" | "cut_after":
                return self._unknown(method, body, asked, acted=True, cut=fault == "cut_after")
            case "garbled":
                acted = self._act(method, body)[0] == 200
                self._note(method, body, acted=acted, outcome="unknown")
                return Answer(200, {}, self._random.choice(_GARBLED))
            case _:
                return self._late(method, body, asked)

    def _unsent(self, method: str, body: dict[str, Any]) -> Answer:
        self._note(method, body, acted=False, outcome="unsent")
        raise NotSent("connection refused")

    def _busy(self, method: str, body: dict[str, Any]) -> Answer:
        self._note(method, body, acted=False, outcome="unsent")
        wait = self._random.choice((None, self._random.randint(1, 40)))
        return _answer(429, {"error": "slow down"}, {} if wait is None else {"retry-after": str(wait)})

    def _unknown(self, method: str, body: dict[str, Any], asked: Asked, *, acted: bool, cut: bool) -> Answer:
        if acted:
            acted = self._act(method, body)[0] == 200
        self._note(method, body, acted=acted, outcome="unknown")
        if not cut:
            return _answer(self._random.choice(_FAILURES), {"error": "trouble"})
        self.local += self._random.choice((0.0, asked.timeout.read)) * self._pace
        raise Unavailable("connection reset")

    def _late(self, method: str, body: dict[str, Any], asked: Asked) -> Answer:
        """The launch waits in some queue; its sender gives up, and it is accepted then."""
        self._note(method, body, acted=True, outcome="unknown")
        self.local += asked.timeout.read * self._pace
        self._server.accept_later(body, self.process, self.local, self._random.random() * self.world.late)
        raise Unavailable("no answer in time")

    @property
    def _pace(self) -> float:
        return 0.02 if self.world.embedded else 1.0

    def _in_storm(self, storm: Storm, method: str, body: dict[str, Any], asked: Asked) -> Answer:
        match storm.kind:
            case "away":
                return self._unsent(method, body)
            case "busy":
                return self._busy(method, body)
            case "silent":
                acted = self._random.random() < 0.2
                return self._unknown(method, body, asked, acted=acted, cut=True)
            case "failing":
                acted = self._random.random() < 0.2
                return self._unknown(method, body, asked, acted=acted, cut=False)

    def _note(self, method: str, body: Mapping[str, Any], *, acted: bool, outcome: str) -> None:
        if method not in _ACTING:
            return
        ledger = self._server.ledger
        about = (self.local, self.process, acted, outcome)
        if method == "tasks.run.app":
            ledger.launches.append(Sent(body["description"].rpartition("marker=")[2], *about))
        elif method == "tasks.stop":
            ledger.stops.append(Sent(int(body["id"]), *about))
        else:
            key = (body["node"]["id"], _EDGES[method], body["type"], str(body["id"]))
            ledger.edges.append(Sent(key, *about))


def _read(request: Request) -> Asked:
    method = request.url[len(URL) + len(API) :]
    if request.verb == "GET":
        query = dict(parse_qs(urlsplit(request.url).query))
        return Asked(method.partition("?")[0], query, request.timeout)
    return Asked(method, json.loads(request.content), request.timeout)


def _answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer(status, headers or {}, json.dumps(content).encode())
