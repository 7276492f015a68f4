"""Plays a plan by hand: pipeline text in, effects and events out, replies in; no clock, no instance."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from slyflow.engine.codec import decode, encode
from slyflow.engine.effect import (
    Accepted,
    Answer,
    Collect,
    Collected,
    Done,
    Effect,
    Listed,
    Poll,
    Prepare,
    Prepared,
    Reply,
    Send,
    Sweep,
    WriteEdge,
)
from slyflow.engine.plan import Plan
from slyflow.engine.policy import Policy
from slyflow.engine.redaction import without_secrets
from slyflow.engine.setup import Setup
from slyflow.errors import SlyflowError
from slyflow.graph.resolve import resolve
from slyflow.model.artifact import Kind, Output
from slyflow.model.event import Event, Recorded, RunCreated
from slyflow.model.interface import App, Interface
from slyflow.model.launch import Workspace
from slyflow.model.node import EdgeKey
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.model.run import StepResult
from slyflow.model.session import LogLine, Session, Status
from slyflow.model.value import Json
from slyflow.secret import Redactor, Secret
from slyflow.syntax.load import load_source

HEAD = "slyflow: 1\nname: game\n"
AT = "2026-01-01T00:00:00.000Z"
APP = App(
    "org/app", 11, "v1.0.0", "App", Interface(("images_project", "files_folder"), {"size": 1}, True, True)
)
WORKSPACE = Workspace(5, 6, 7)
T = TypeVar("T")


def pipeline_of(text: str) -> Pipeline:
    """Return the parsed pipeline; fails the test when the text has problems."""
    loaded = load_source(HEAD + text, "game.yaml", {})
    assert loaded.pipeline is not None, loaded.problems
    return loaded.pipeline


@dataclass
class Game:
    """One plan, its time, and everything it said so far."""

    text: str
    policy: Policy = field(default_factory=Policy)
    params: Mapping[str, Json] = field(default_factory=dict)
    traced: bool = True
    replayed: tuple[Event, ...] = ()
    now: float = 1000.0
    durations: Mapping[str, float] = field(default_factory=dict)
    age: float = 0.0
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    unwritable: frozenset[Kind] = frozenset()

    def __post_init__(self) -> None:
        pipeline = pipeline_of(self.text)
        resolution = resolve(pipeline)
        assert resolution.dag is not None, resolution.problems
        apps = {n: APP for n, s in pipeline.all_steps.items() if isinstance(s.action, AppAction)}
        run = RunCreated(
            run_id="run1",
            pipeline="game",
            path="game.yaml",
            source="",
            files={},
            params=self.params,
            instance_url="http://127.0.0.1:1",
            home_instance=self.traced,
            secret_hex="ab" * 32,
            slyflow_version="0",
            started_at="2026-01-01T00:00:00Z",
            max_sessions=self.policy.max_sessions,
            apps=apps,
            workspaces=dict.fromkeys(pipeline.all_steps, WORKSPACE),
            agents=dict.fromkeys(apps),
        )
        setup = Setup(
            pipeline,
            resolution.dag,
            run,
            self.policy,
            secrets=self.secrets,
            redact=Redactor(self.secrets.values()),
            durations=self.durations,
            traced=self.traced,
            unwritable=self.unwritable,
        )
        self.plan = Plan(setup, Random(1), self.now)
        clock = self.now - self.age
        recorded = [Recorded(i, AT, event, clock) for i, event in enumerate(self.replayed, 1)]
        self.plan.replay(recorded, self.now)
        self.events: list[Event] = []
        self.open: list[Effect] = []
        self.wake: float | None = None
        self.go()

    def go(self, seconds: float = 0.0) -> None:
        """Let time pass and take the plan's next turn."""
        self.now += seconds
        turn = self.plan.advance(self.now)
        redact = Redactor(self.secrets.values())
        self.events += [decode(*encode(without_secrets(event, redact))) for event in turn.events]
        self.open += turn.effects
        self.wake = turn.wake

    def wait(self) -> None:
        """Let time pass until the plan wants to look again."""
        assert self.wake is not None, "the plan waits for nothing"
        self.go(max(0.0, self.wake - self.now))

    def one(self, kind: type[T], step: str | None = None) -> T:
        """Return the one open effect of a kind (and step)."""
        found = [
            effect
            for effect in self.open
            if isinstance(effect, kind) and (step is None or getattr(effect, "step", None) == step)
        ]
        assert len(found) == 1, f"{len(found)} open {kind.__name__} among {self.open}"
        return found[0]

    def has(self, kind: type[Effect]) -> list[str]:
        """Return the steps of the open effects of a kind."""
        return [getattr(effect, "step", "") for effect in self.open if isinstance(effect, kind)]

    def reply(self, effect: Effect, answer: Answer | SlyflowError) -> None:
        """Answer an open effect and take the next turn."""
        self.open.remove(effect)
        self.plan.handle(Reply(effect, answer), self.now)
        self.go()

    def prepare(self, step: str | None = None, watermark: int = 0) -> None:
        """Answer the open Prepare: everything is there."""
        effect = self.one(Prepare, step)
        self.reply(effect, Prepared(watermark if effect.watermark else None, {}, {}, {}))

    def accept(self, step: str, session_id: int) -> Send:
        """Prepare where that is asked for, then accept the launch."""
        if step in self.has(Prepare):
            self.prepare(step)
        send = self.one(Send, step)
        self.reply(send, Accepted(session_id))
        return send

    def poll(self, info: Mapping[str, Json] | None = None, **statuses: str) -> None:
        """Wait for the next poll and answer it: `s7="finished"` says session 7 is, with this `info`."""
        while not self.has(Poll):
            self.wait()
        sessions = {int(name[1:]): status for name, status in statuses.items()}
        for poll in [effect for effect in self.open if isinstance(effect, Poll)]:
            listed = [Session(i, Status.read(sessions.get(i, "started")), info=info or {}) for i in poll.ids]
            self.reply(poll, Listed(listed))

    def sweep(self, *sessions: Session) -> Sweep:
        """Wait for the next sweep and answer it: these sessions bear its markers."""
        while not self.has(Sweep):
            self.wait()
        effect = self.one(Sweep)
        self.reply(effect, Listed(sessions))
        return effect

    def pass_by(self) -> None:
        """Let time pass; a sweep finds nothing."""
        if self.has(Sweep):
            self.sweep()
        else:
            self.wait()

    def collect(
        self,
        step: str,
        found: Mapping[str, Output] | None = None,
        info: Mapping[str, Json] | None = None,
        log: tuple[LogLine, ...] = (),
        missing: Mapping[str, str] | None = None,
        edges: frozenset[EdgeKey] = frozenset(),
        ambiguous: frozenset[str] = frozenset(),
    ) -> None:
        """Answer the open Collect of a step; where the session is read before its outputs, both.

        Where the list told enough, there is none, and nothing to answer.
        """
        if step not in self.has(Collect) and not (found or info or log or missing):
            return
        effect = self.one(Collect, step)
        session = Session(effect.session_id, Status.FINISHED, info=info or {})
        if not effect.queries and not effect.with_log and found:
            self.reply(effect, Collected(session))
            effect = self.one(Collect, step)
        readable = edges if self.traced else None
        self.reply(effect, Collected(session, found or {}, missing or {}, ambiguous, readable, log))

    def write_edges(self, step: str) -> list[WriteEdge]:
        """Answer every edge of a step as written."""
        written = []
        while step in self.has(WriteEdge):
            effect = self.one(WriteEdge, step)
            written.append(effect)
            self.reply(effect, Done())
        return written

    def finish(self, step: str, session_id: int, found: Mapping[str, Output] | None = None) -> None:
        """Bring a launched step to its good end."""
        self.accept(step, session_id)
        self.poll(None, **{f"s{session_id}": "finished"})
        self.collect(step, found)
        self.write_edges(step)

    def events_of(self, kind: type[T]) -> list[T]:
        return [event for event in self.events if isinstance(event, kind)]

    def result(self, step: str) -> StepResult:
        return self.plan.results[step]

    def resumed(self, policy: Policy | None = None) -> "Game":
        """Return the game after a crash: a new plan from the committed events alone."""
        return Game(
            self.text,
            policy or self.policy,
            self.params,
            self.traced,
            (*self.replayed, *self.events),
            secrets=self.secrets,
        )
