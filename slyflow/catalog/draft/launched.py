"""A session that someone launched, as a step that launches the same: its target, arguments and settings."""

from collections.abc import Mapping, Sequence

from slyflow.catalog.draft.literal import Swap, literal, same
from slyflow.catalog.target import find_target
from slyflow.errors import UsageError
from slyflow.model.interface import TARGETS, App, target_key
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Block, Code, Entry, Value, can_hold

_MOST_TARGETS = 2
_BY_FAMILY = {"slyProjectId": "project", "slyDatasetId": "dataset"}
_AGENT = "agent://"


@record(frozen=True)
class Launched:
    """What an instance tells of a session. `app` is None when the app is no longer there.

    `reference` is what the step says under `app`, `settings` its entries about where and how it runs,
    `names` what things are called, by the key of the state that holds their id.
    """

    session: int
    step: str
    reference: Json
    app: App | None
    state: Mapping[str, Json]
    settings: tuple[Entry, ...]
    names: Mapping[str, str]


def step_of(launched: Launched, swap: Swap) -> Block:
    """Return the step; `swap` gives the expressions that stand for values of its state."""
    targets = _targets(launched)
    rest = {key: value for key, value in launched.state.items() if key not in targets.values()}
    entries = [Entry("app", launched.reference)]
    if targets:
        written = {name: literal(launched.state[key], key, swap) for name, key in targets.items()}
        told = (_told(key, launched, written[name]) for name, key in targets.items())
        entries.append(Entry("target", written, note=", ".join(filter(None, told))))
    entries += [*_arguments(launched, rest, frozenset(targets.values()), swap), *launched.settings]
    return Block(tuple(entries))


def _targets(launched: Launched) -> dict[str, str]:
    """Return the targets that set keys of the state, with these keys: those that the app declares."""
    declared = launched.app.interface.targets if launched.app is not None else ()
    found: dict[str, str] = {}
    for key, value in launched.state.items():
        names = [name for name in declared if name in TARGETS and target_key(name) == key]
        if names and len(found) < _MOST_TARGETS and _fits(names[0], value):
            found[_target(key, value, names)] = key
    return found


def _fits(target: str, value: Json) -> bool:
    """Say whether a run would take the value as this target: an id as text is an argument to it."""
    known = find_target(target)
    try:
        return known is not None and can_hold(known.checked(value))
    except UsageError:
        return False


def _target(key: str, value: Json, names: Sequence[str]) -> str:
    """Return the one of the declared targets that is meant, for several families the general name."""
    if key in _BY_FAMILY:
        return names[0] if len(names) == 1 else _BY_FAMILY[key]
    is_on_agent = isinstance(value, str) and value.startswith(_AGENT)
    return next((name for name in names if name.startswith("agent_") == is_on_agent), names[0])


def _arguments(
    launched: Launched, rest: Mapping[str, Json], taken: frozenset[str], swap: Swap
) -> list[Entry]:
    """Return what the app's defaults do not say, and whether they count at all."""
    interface = launched.app.interface if launched.app is not None else None
    defaults = interface.arguments if interface is not None and interface.arguments is not None else {}
    lacking = sorted(name for name in defaults if name not in rest and name not in taken)
    merges = interface is not None and not lacking
    changed = {
        name: value
        for name, value in rest.items()
        if not (merges and name in defaults and same(value, defaults[name]))
    }
    held = {name: value for name, value in changed.items() if can_hold({name: value})}
    above = tuple(f"{name} is left out: a pipeline cannot hold it" for name in changed if name not in held)
    kept = ", ".join(name for name in rest if name not in changed)
    entries = tuple(_argument(name, value, launched, swap) for name, value in held.items())
    if merges:
        return _merged(entries, above, f"as the app's defaults: {kept}" if kept else "")
    why = f"the session had no {', '.join(lacking)}" if lacking else "the app's defaults are not known"
    written = Entry("arguments", Block(entries) if entries else {}, above=above)
    return [written, Entry("merge_defaults", value=False, note=why)]


def _merged(entries: tuple[Entry, ...], above: tuple[str, ...], kept: str) -> list[Entry]:
    """Return the arguments where the defaults count for what is not given; `kept` says which do."""
    if entries:
        return [Entry("arguments", Block(entries), above=(*above, kept) if kept else above)]
    return [Entry("arguments", {}, note=kept, above=above, is_off=True)] if kept or above else []


def _argument(name: str, value: Json, launched: Launched, swap: Swap) -> Entry:
    written = literal(value, name, swap)
    return Entry(name, written, note=_told(name, launched, written))


def _told(key: str, launched: Launched, written: Value) -> str:
    """Return a comment on an id: what it is called, and what it was where a reference stands for it."""
    name = launched.names.get(key, "")
    if isinstance(written, Code) and written.source.startswith("steps."):
        was = f"was {launched.state[key]}"
        return f"{was} ({name})" if name else was
    return name
