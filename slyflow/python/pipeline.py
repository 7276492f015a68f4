"""A checked pipeline file in a program's hands."""

import os
from collections.abc import Mapping, Sequence

from slyflow.catalog.lockfile import Locks
from slyflow.model.pipeline import Param, Step
from slyflow.problem import Problem
from slyflow.running.invalid import InvalidPipeline
from slyflow.running.linted import linted
from slyflow.running.locked import Held, Ready, held
from slyflow.text import plural


class Pipeline:
    """What one file says, free of errors; `load` makes one. A notebook shows it as a picture."""

    def __init__(self, checked: Ready, problems: Sequence[Problem]) -> None:
        self._checked = checked
        self._problems = tuple(problems)

    @property
    def checked(self) -> Ready:
        """The parsed pipeline, its order, the texts it was read from, and its lock if it has one."""
        return self._checked

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The warnings, in order."""
        return self._problems

    @property
    def name(self) -> str:
        """The name in the file, else the file's."""
        return self._checked.pipeline.name

    @property
    def path(self) -> str:
        """The file, as it was given."""
        return self._checked.pipeline.path

    @property
    def description(self) -> str | None:
        return self._checked.pipeline.description

    @property
    def params(self) -> Mapping[str, Param]:
        """What a run takes, by name."""
        return self._checked.pipeline.params

    @property
    def steps(self) -> Mapping[str, Step]:
        """All steps in the order of the file, final ones last, by id."""
        return self._checked.pipeline.all_steps

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of what a run returns."""
        return tuple(self._checked.pipeline.outputs)

    def needs(self, step: str) -> tuple[str, ...]:
        """Return the steps that a step comes after directly; KeyError when there is no such step."""
        return self._checked.dag.needs(step)

    def __repr__(self) -> str:
        return f"<Pipeline {self.name} ({self.path}): {plural(len(self.steps), 'step')}>"

    def _repr_svg_(self) -> str:
        from slyflow.graph.svg import svg  # only a notebook pays for it

        return svg(self._checked.pipeline, self._checked.dag)

    def _repr_html_(self) -> str:
        from slyflow.report.html import pipeline_html  # as above

        return pipeline_html(self._checked.pipeline, self._repr_svg_())


def load(path: str | os.PathLike[str], *, large: bool = False) -> Pipeline:
    """Return the pipeline of a file, with `large` of up to 16 MiB; nothing is run, fetched or written.

    InvalidPipeline, which carries all problems, when the file has an error or cannot be read.
    """
    name = os.fspath(path)
    found = _held(name, large=large)
    ready = found.ready()
    if ready is None:
        raise InvalidPipeline(name, found.problems, found.loaded)
    return Pipeline(ready, linted(found).problems)


def validate(path: str | os.PathLike[str], *, large: bool = False) -> list[Problem]:
    """Return everything wrong with a file, warnings among it, in order; an empty list is a good file.

    A file that cannot be read is a problem too.
    """
    return list(linted(_held(os.fspath(path), large=large)).problems)


def _held(name: str, *, large: bool) -> Held:
    return held(name, Locks(os.getcwd()), large=large)  # noqa: PTH109  # as text
