"""A pipeline that cannot run because of what its file says, as an error that carries the problems."""

from collections.abc import Sequence

from slyflow.errors import UsageError
from slyflow.graph.checked import count
from slyflow.problem import Problem
from slyflow.syntax.load import Loaded


class InvalidPipeline(UsageError):
    """The file at `path` has errors; `problems` are all that was found, warnings among them, in order.

    As text it is what `slyflow validate` prints: each problem with its place, its line and what to do.
    """

    def __init__(self, path: str, problems: Sequence[Problem], loaded: Loaded) -> None:
        super().__init__(f"{path}: {count(problems)}")
        self.path = path
        self.problems = tuple(problems)
        self._loaded = loaded

    def __str__(self) -> str:
        from slyflow.report.problems import render  # the command line has printed them already

        sources = {problem.span.file: self._loaded.source for problem in self.problems}
        return f"{self.message}\n{render(self.problems, sources, color=False)}".rstrip()
