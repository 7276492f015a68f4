"""A simulated world, described: its pipeline, its instance's habits and faults, and what people do."""

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

Filters = Literal["kept", "ignored", "refused"]
StormKind = Literal["away", "silent", "failing", "busy"]
ActionKind = Literal["stop", "interrupt", "second"]


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step of the pipeline. `reads` are steps whose output is its target; `condition` is its `if`.

    `output` is what it declares: nothing, a project, or a value computed from the task. Times in seconds.
    """

    id: str
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    values: bool = False
    final: bool = False
    when: str = ""
    condition: str = ""
    allow_failure: bool = False
    retry_max: int = 0
    retry_kinds: tuple[str, ...] = ()
    launch: str = "relaunch"
    workflow: str = "best_effort"
    output: Literal["", "project", "value"] = ""
    queue_limit: int | None = None
    start_limit: int | None = None
    run_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Faults:
    """How often, of 1, what goes wrong with one request; `late` is of launches, `refused` of what acts."""

    unsent: float = 0.0
    busy: float = 0.0
    failed_before: float = 0.0
    failed_after: float = 0.0
    cut_before: float = 0.0
    cut_after: float = 0.0
    garbled: float = 0.0
    late: float = 0.0
    refused: float = 0.0
    shifting: float = 0.0
    disk_full: float = 0.0


@dataclass(frozen=True, slots=True)
class Storm:
    """From `begin` on, for `length` seconds, the instance is out of reach in one way."""

    begin: float
    length: float
    kind: StormKind


@dataclass(frozen=True, slots=True)
class Action:
    """What a person does at a time: stop the run, interrupt its process, or start a second one."""

    at: float
    kind: ActionKind


@dataclass(frozen=True, slots=True)
class World:
    """Everything that one simulation depends on. Times are seconds of virtual time.

    `late` and `lag` are the worst cases of the instance: how long after a launch was given up it may
    be accepted, and how long a list may not show a session; within the bounds their sum is below
    `window`. `crashes` are the numbers of crash points that each process lives through; `unruly` is
    how often a session does not simply end well; `calm_from` ends all random faults.
    `revoked` are the windows in which the token is refused, each ended by a new token of another user.
    `jumps` are by how much the wall clock is moved before each process but the first.
    """

    seed: int
    steps: tuple[StepPlan, ...]
    embedded: bool = False
    window: float = 120.0
    late: float = 0.0
    lag: float = 0.0
    poll_floor: float = 15.0
    max_sessions: int = 8
    unreachable_after: float = 3600.0
    unruly: float = 0.0
    faults: Faults = Faults()
    storms: tuple[Storm, ...] = ()
    revoked: tuple[tuple[float, float], ...] = ()
    crashes: tuple[int, ...] = ()
    actions: tuple[Action, ...] = ()
    jumps: tuple[float, ...] = ()
    filters: Filters = "kept"
    page_size: int = 500
    honours_key: bool = False
    foreign: int = 0
    copies: bool = False
    calm_from: float = 20000.0

    @property
    def is_within_bounds(self) -> bool:
        """Whether the instance keeps the two bounds that the promise rests on."""
        return self.late + self.lag <= self.window


def paste(value: Any, indent: str = "") -> str:
    """Return the Python text that makes a world, without what it has by default."""
    if is_dataclass(value) and not isinstance(value, type):
        given = [
            f"{field.name}={paste(item, indent + '    ')}"
            for field in fields(value)
            if (item := getattr(value, field.name)) != field.default
        ]
        return f"{type(value).__name__}({', '.join(given)})"
    if isinstance(value, tuple) and any(is_dataclass(item) for item in value):
        inner = "".join(f"{indent}    {paste(item, indent + '    ')},\n" for item in value)
        return f"(\n{inner}{indent})"
    return repr(value)
