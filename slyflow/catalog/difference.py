"""How an app differs from what it was: its release, arguments, targets, and how it is launched."""

import json
from collections.abc import Iterator, Mapping

from slyflow.catalog.argument import kind_of
from slyflow.catalog.freezing import thawed
from slyflow.catalog.lock import LockedApp
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.record import record


@record(frozen=True)
class Change:
    """One difference: `sign` is + for what is new, - for what is gone, ~ for what is another."""

    sign: str
    text: str

    def __str__(self) -> str:
        return f"{self.sign} {self.text}"


def changes(before: LockedApp, now: LockedApp) -> list[Change]:
    """Return every difference that a pipeline could notice, in order; none when only the code changed."""
    return [*_arguments(before.interface, now.interface), *_targets(before.interface, now.interface)] + [
        Change("~", f"{what}: {_shown(one)} → {_shown(other)}")
        for what, one, other in _facts(before, now)
        if one != other
    ]


def _facts(before: LockedApp, now: LockedApp) -> Iterator[tuple[str, Json, Json]]:
    one, other = before.interface, now.interface
    yield "launched without a target", one.from_ecosystem, other.from_ecosystem
    yield "headless", one.headless, other.headless
    yield "oldest instance", one.min_instance_version, other.min_instance_version
    yield "restart policy", one.restart_policy, other.restart_policy


def _arguments(before: Interface, now: Interface) -> Iterator[Change]:
    old: Mapping[str, Json] = before.arguments or {}
    new: Mapping[str, Json] = now.arguments or {}
    for name in sorted({*old, *new}):
        if name not in old:
            yield Change("+", f"argument {name}: {kind_of(new[name])} = {_shown(new[name])}")
        elif name not in new:
            yield Change("-", f"argument {name}: {kind_of(old[name])} = {_shown(old[name])}")
        elif kind_of(old[name]) != kind_of(new[name]) or _shown(old[name]) != _shown(new[name]):
            yield Change("~", f"argument {name}: {_default(old[name])} → {_default(new[name])}")


def _targets(before: Interface, now: Interface) -> Iterator[Change]:
    for target in sorted({*before.targets, *now.targets}):
        if target not in before.targets:
            yield Change("+", f"target {target}")
        elif target not in now.targets:
            yield Change("-", f"target {target}")


def _default(value: Json) -> str:
    return f"{kind_of(value)} = {_shown(value)}"


def _shown(value: Json) -> str:
    return "none" if value is None else json.dumps(thawed(value), ensure_ascii=False, sort_keys=True)
