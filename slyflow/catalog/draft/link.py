"""Values of a session that an earlier session made: they become references to that step's outputs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from slyflow.catalog.draft.literal import TARGET_KEYS
from slyflow.catalog.draft.naming import words_of
from slyflow.model.artifact import Kind
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Code, Value

Used = frozenset[tuple[Kind, int | str]]
"""Artifacts by kind, and id or path."""
_NAMED = {Kind.PROJECT: frozenset(("project", "projects")), Kind.DATASET: frozenset(("dataset", "datasets"))}


@record(frozen=True)
class Made:
    """Something that a step's session made: its id or path, and the output that finds it."""

    step: str
    kind: Kind
    value: int | str
    output: Value


def unnamed_inputs(state: Mapping[str, Json], used: Iterable[tuple[Kind, int | str]]) -> Used:
    """Return what of `used`, which the workflow graph tells, one value alone can mean, whatever its key.

    What a key names already is not looked for again, and of several equal values none is taken: ids are
    small numbers, and so are many arguments.
    """
    leaves = list(_leaves(state))
    return frozenset(
        (kind, value)
        for kind, value in used
        if [_names(key, kind) for key, leaf in leaves if type(leaf) is type(value) and leaf == value]
        == [False]
    )


def _names(key: str, kind: Kind) -> bool:
    if kind is Kind.FOLDER:
        return key in TARGET_KEYS
    return not _NAMED.get(kind, frozenset()).isdisjoint(words_of(key))


def _leaves(value: Json, key: str = "") -> Iterator[tuple[str, Json]]:
    match value:
        case Mapping():
            for name, item in value.items():
                yield from _leaves(item, name)
        case str():
            yield key, value
        case Sequence():
            for item in value:
                yield from _leaves(item, key)
        case _:
            yield key, value


class Links:
    """What earlier steps made, and which of it later ones read: the outputs to declare, by step."""

    def __init__(self) -> None:
        self._made: list[Made] = []
        self.outputs: dict[str, dict[str, Value]] = {}

    def add(self, made: Iterable[Made]) -> None:
        """Let later steps read what a step made."""
        self._made += made

    def swap(self, key: str, value: Json, inputs: Used) -> Code | None:
        """Return the reference that stands for a value, None when no earlier step made it.

        A file's path stands for itself. A number, or a folder, which may as well be where something is to
        be written, does only where its key says so, or where it is among `inputs`: see `unnamed_inputs`.
        """
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        for made in reversed(self._made):
            is_it = type(made.value) is type(value) and made.value == value
            if is_it and (made.kind is Kind.FILE or _names(key, made.kind) or (made.kind, value) in inputs):
                return Code(f"steps.{made.step}.outputs.{self._declared(made)}")
        return None

    def _declared(self, made: Made) -> str:
        outputs = self.outputs.setdefault(made.step, {})
        for name, output in outputs.items():
            if output == made.output:
                return name
        name, number = str(made.kind), 1
        while name in outputs:
            number += 1
            name = f"{made.kind}_{number}"
        outputs[name] = made.output
        return name
