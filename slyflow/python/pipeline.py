"""A checked pipeline file in a program's hands."""

import os
from collections.abc import Mapping, Sequence

from slyflow.graph.checked import Checked, problems_of
from slyflow.model.pipeline import Param, Step
from slyflow.problem import Problem, has_errors
from slyflow.running.invalid import InvalidPipeline
from slyflow.text import plural


class Pipeline:
    """What one file says, free of errors; `load` makes one. A notebook shows it as a picture."""

    def __init__(self, checked: Checked, problems: Sequence[Problem]) -> None:
        self._checked = checked
        self._problems = tuple(problems)

    @property
    def checked(self) -> Checked:
        """The parsed pipeline, its order, and the texts it was read from."""
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
    loaded, dag, problems = problems_of(name, large=large)
    if loaded.pipeline is None or dag is None or has_errors(problems):
        raise InvalidPipeline(name, problems, loaded)
    return Pipeline(Checked(loaded.pipeline, dag, loaded), problems)


def validate(path: str | os.PathLike[str], *, large: bool = False) -> list[Problem]:
    """Return everything wrong with a file, warnings among it, in order; an empty list is a good file.

    A file that cannot be read is a problem too.
    """
    _, _, problems = problems_of(os.fspath(path), large=large)
    return problems
