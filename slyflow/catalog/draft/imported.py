"""The pipeline of some sessions that someone launched: one step for each, linked where they were."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from slyflow.catalog.draft.launched import Launched, step_of
from slyflow.catalog.draft.link import Links, Made, Used, unnamed_inputs
from slyflow.catalog.draft.secrecy import Secrets
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Block, Code, Entry, emit

_SHARED = ("workspace", "agent", "log_level", "restart_policy", "kubernetes")


@record(frozen=True)
class Piece:
    """One session: how it was launched, what it made, and what the workflow graph says it used."""

    launched: Launched
    made: tuple[Made, ...]
    used: Used


def imported(
    pieces: Sequence[Piece], head: Sequence[str], redact: Callable[[str], str]
) -> tuple[str, Mapping[str, str]]:
    """Return the pipeline's text, and what each secret is for, by the variable that must hold it.

    The sessions come in the order in which they were launched; `redact` hides what is known as secret.
    """
    links, secrets = Links(), Secrets(redact)
    blocks: dict[str, Block] = {}
    for piece in pieces:
        inputs = unnamed_inputs(piece.launched.state, piece.used)
        swap = partial(_swap, links, secrets, piece.launched.step, inputs)
        blocks[piece.launched.step] = step_of(piece.launched, swap)
        links.add(piece.made)
    shared = _shared(list(blocks.values()))
    steps: list[Entry] = []
    for piece in pieces:
        name = piece.launched.step
        entries = tuple(entry for entry in blocks[name].entries if entry not in shared)
        if name in links.outputs:
            entries = (*entries, Entry("outputs", links.outputs[name]))
        above = (f"session {piece.launched.session}",)
        steps.append(Entry(name, Block(entries), above=("", *above) if steps else above))
    names: list[Json] = list(secrets.names)
    top = (
        Entry("slyflow", 1, above=tuple(head)),
        *((Entry("secrets", names, above=("",)),) if names else ()),
        *((Entry("defaults", Block(shared), above=("",)),) if shared else ()),
        Entry("steps", Block(tuple(steps)), above=("",)),
    )
    # Names of things may hold a secret too.
    return redact(emit(Block(top))), secrets.names


def _swap(
    links: Links,
    secrets: Secrets,
    step: str,
    inputs: Used,
    key: str,
    value: Json,
) -> Code | None:
    return secrets.swap(step, key, value) or links.swap(key, value, inputs)


def _shared(steps: Sequence[Block]) -> tuple[Entry, ...]:
    """Return the settings that all steps have in common, where there are several."""
    if len(steps) < 2:
        return ()
    return tuple(
        entry
        for entry in steps[0].entries
        if entry.key in _SHARED and all(entry in one.entries for one in steps)
    )
