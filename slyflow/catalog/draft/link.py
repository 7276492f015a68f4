"""Values of a session that an earlier session made: they become references to that step's outputs."""

from collections.abc import Collection, Iterable

from slyflow.catalog.draft.naming import words_of
from slyflow.model.artifact import Kind
from slyflow.model.value import Json
from slyflow.record import record
from slyflow.syntax.emit import Code, Value

_NAMED = {Kind.PROJECT: frozenset(("project", "projects")), Kind.DATASET: frozenset(("dataset", "datasets"))}


@record(frozen=True)
class Made:
    """Something that a step's session made: its id or path, and the output that finds it."""

    step: str
    kind: Kind
    value: int | str
    output: Value


class Links:
    """What earlier steps made, and which of it later ones read: the outputs to declare, by step."""

    def __init__(self) -> None:
        self._made: list[Made] = []
        self.outputs: dict[str, dict[str, Value]] = {}

    def add(self, made: Iterable[Made]) -> None:
        """Let later steps read what a step made."""
        self._made += made

    def swap(self, key: str, value: Json, inputs: Collection[tuple[Kind, int | str]]) -> Code | None:
        """Return the reference that stands for a value, None when no earlier step made it.

        `inputs` are the artifacts that the workflow graph says the session used. A number stands for an
        artifact only where its key names the kind, or the graph says so.
        """
        if isinstance(value, bool) or not isinstance(value, int | str):
            return None
        words = frozenset(words_of(key))
        for made in reversed(self._made):
            if type(made.value) is type(value) and made.value == value:
                named = made.kind.by_path or not words.isdisjoint(_NAMED.get(made.kind, ()))
                if named or (made.kind, value) in inputs:
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
