"""How a session goes: decided by world, step and attempt alone, so that crashes do not change it."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.simulation.world import StepPlan, World

Ending = Literal["finished", "error", "stopped", "soft", "bare"]
FOREVER = float("inf")
_ENDINGS: tuple[Ending, ...] = ("error", "stopped", "soft", "bare")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Seconds in the queue, until it starts and until it ends, and how; FOREVER = only a stop ends it.

    `bare`: it finishes without what the step declares. `deaf`: how long it ignores stops. `odd`: it
    shows a status that nobody knows; `again`: it falls back into the queue once. `gone` is when it
    vanishes from the instance.
    """

    queued: float
    starting: float
    running: float
    ending: Ending = "finished"
    deaf: float = 0.0
    odd: bool = False
    again: bool = False
    gone: float = FOREVER

    def timeline(self, begin: float) -> list[tuple[float, str]]:
        """Return when the session, accepted at `begin`, shows which status."""
        consumed = begin + self.queued
        started = consumed + self.starting
        ended = started + self.running
        points = [(begin, "queued"), (consumed, "consumed"), (started, "started")]
        if self.odd:
            points.append((started + self.running * 0.3, "pondering"))
        if self.again and self.running != FOREVER:
            points += [(started + self.running * 0.5, "queued"), (started + self.running * 0.6, "started")]
        word = self.ending if self.ending in ("error", "stopped") else "finished"
        points.append((ended, word))
        return [point for point in points if point[0] != FOREVER]


def behaviour(world: World, step: StepPlan, attempt: int) -> Behaviour:
    """Return how the session of this attempt goes."""
    random = Random(f"{world.seed}/{step.id}/{attempt}")
    scale = 0.05 if world.embedded else 1.0
    queued, starting = random.uniform(1, 40) * scale, random.uniform(0.5, 20) * scale
    running = random.choice((random.uniform(1, 30), random.uniform(20, 400))) * scale
    calm = Behaviour(queued, starting, running)
    if random.random() >= world.unruly:
        return calm
    return _unruly(calm, step, random, scale)


def _unruly(calm: Behaviour, step: StepPlan, random: Random, scale: float) -> Behaviour:
    deaf = random.choice((0.0, 0.0, random.uniform(0, 600))) * scale
    odd, again = random.random() < 0.3, random.random() < 0.3
    queued, starting, running = calm.queued, calm.starting, calm.running
    kind = random.choice(("ending", "ending", "gone", "stuck", "odd"))
    if kind == "ending":
        return Behaviour(queued, starting, running, random.choice(_ENDINGS), deaf, odd, again)
    if kind == "gone":
        gone = random.uniform(0.1, 0.9) * (queued + starting + running)
        return Behaviour(queued, starting, running, "finished", deaf, odd, gone=gone)
    if kind == "stuck":
        return _stuck(Behaviour(queued, starting, running, "finished", deaf, odd), step)
    return Behaviour(queued, starting, running, "finished", deaf, odd, again)


def _stuck(calm: Behaviour, step: StepPlan) -> Behaviour:
    """Get stuck where the step has a limit for it; elsewhere nothing would ever end it."""
    if step.queue_limit is not None:
        return Behaviour(FOREVER, 0.0, 0.0, deaf=calm.deaf)
    if step.start_limit is not None:
        return Behaviour(calm.queued, FOREVER, 0.0, deaf=calm.deaf)
    if step.run_limit is not None:
        return Behaviour(calm.queued, calm.starting, FOREVER, deaf=calm.deaf)
    return calm
