"""What a rule looks at: a pipeline without errors, its order, its lock, and what its expressions read."""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from slyflow.graph.dag import Dag
from slyflow.graph.place import places
from slyflow.model.pipeline import Pipeline, Step
from slyflow.model.value import Dynamic
from slyflow.record import record
from slyflow.syntax.expression.mention import expressions, references

if TYPE_CHECKING:
    from slyflow.catalog.lock import Lock

Path = tuple[str, ...]


@record(frozen=True)
class Subject:
    """One pipeline, as rules look at it."""

    pipeline: Pipeline
    dag: Dag
    lock: "Lock | None"

    @cached_property
    def read(self) -> frozenset[Path]:
        """The names that expressions read, as `params.NAME`, `secrets.NAME` and `steps.ID.outputs.NAME`.

        A step's own output, which its `success_when` calls `outputs.NAME`, goes by the last form too.
        """
        return frozenset(_read(self.pipeline))


def _read(pipeline: Pipeline) -> Iterator[Path]:
    for step in pipeline.all_steps.values():
        yield from _of_step(step)
    for output in pipeline.outputs.values():
        yield from map(_cut, _names(output.value))


def _of_step(step: Step) -> Iterator[Path]:
    for place in places(step):
        for path in _names(place.value):
            yield _cut(("steps", step.id, *path) if path[0] == "outputs" else path)


def _cut(path: Path) -> Path:
    return path[:4] if path[0] == "steps" else path[:2]


def _names(value: Dynamic) -> Iterator[Path]:
    for expression in expressions(value):
        for reference in references(expression):
            yield reference.path
