"""A first pipeline of some apps: chained in order, their arguments laid out, what is missing a param."""

from collections.abc import Mapping, Sequence

from slyflow.catalog.argument import arguments_of
from slyflow.catalog.draft.chain import Chain
from slyflow.catalog.draft.chosen import Chosen
from slyflow.catalog.draft.literal import TARGET_KEYS, literal, size
from slyflow.catalog.draft.naming import app_id
from slyflow.catalog.target import find_target
from slyflow.model.interface import App
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Block, Code, Entry, can_hold, emit

# A default of more characters is not laid out; nor is one that a pipeline cannot hold.
_LONG = 2_000
_DEFAULTS: Json = {"workspace": "team/workspace", "timeout": {"queue": "30m"}}
_GUESS = "a guess: an app's config does not say what it makes"


@record(frozen=True)
class Draft:
    """A pipeline's text, its steps' apps by step id, and the params that a run must be given."""

    text: str
    apps: Mapping[str, App]
    params: tuple[str, ...]


def first_pipeline(apps: Sequence[Chosen], head: Sequence[str]) -> Draft:
    """Return a pipeline that launches the apps in order; `head` are the comments it begins with."""
    chain = Chain()
    ids: list[str] = []
    targets = []
    for app in apps:
        ids.append(app_id(app.slug, ids))
        targets.append(chain.link(ids[-1], app))
    steps = tuple(
        Entry(name, _step(app, target, chain.outputs[name]), above=("", app.name) if place else (app.name,))
        for place, (name, app, target) in enumerate(zip(ids, apps, targets, strict=True))
    )
    params = tuple(Entry(name, shape) for name, shape in chain.params.items())
    entries = (
        Entry("slyflow", 1, above=tuple(head)),
        *((Entry("params", Block(params), above=("",)),) if params else ()),
        Entry("defaults", _DEFAULTS, above=("",), is_off=True),
        Entry("steps", Block(steps), above=("",)),
    )
    known = {name: app.as_app for name, app in zip(ids, apps, strict=True)}
    return Draft(emit(Block(entries)), known, tuple(chain.params))


def _step(app: Chosen, target: Mapping[str, Code] | None, outputs: Mapping[str, str]) -> Block:
    entries = [Entry("app", app.reference), *_target(app, target), *_arguments(app)]
    if outputs:
        entries.append(Entry("outputs", outputs, note=_GUESS))
    if not app.interface.headless:
        note = "the app has a page of its own, and may wait there for a click"
        entries.append(Entry("timeout", {"run": "12h"}, note=note))
    return Block(tuple(entries))


def _target(app: Chosen, target: Mapping[str, Code] | None) -> list[Entry]:
    """Return the entry of the target, or a comment where the app can do without; the others are named."""
    others = [name for name in app.interface.targets if target is None or name not in target]
    if target is not None:
        also = (f"it can be launched on {', '.join(others)} as well",) if others else ()
        return [Entry("target", target, above=also)]
    if not others:
        return []
    known = find_target(others[0])
    example = "/folder" if known is not None and known.by_path else 42
    note = "not needed" if len(others) == 1 else f"not needed; or {', '.join(others[1:])}"
    return [Entry("target", {others[0]: example}, note=note, is_off=True)]


def _arguments(app: Chosen) -> list[Entry]:
    """Return the entry of the arguments; nulls are comments, as nothing tells what may stand there."""
    declared = [one for one in arguments_of(app.interface) if one.name not in TARGET_KEYS]
    laid_out = [one for one in declared if size(one.default) <= _LONG and can_hold({one.name: one.default})]
    above = tuple(
        f"{one.name} keeps its default, {size(one.default)} characters of JSON"
        for one in declared
        if one not in laid_out
    )
    if not laid_out:
        return [Entry("arguments", {}, above=above)] if above else []
    is_off = all(one.default is None for one in laid_out)
    entries = tuple(
        Entry(one.name, literal(one.default), is_off=one.default is None and not is_off) for one in laid_out
    )
    return [Entry("arguments", Block(entries), above=above, is_off=is_off)]
