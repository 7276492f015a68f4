"""A pipeline file found free of errors, its problems printed."""

from slyflow.cli.console import Console
from slyflow.errors import UsageError
from slyflow.graph.checked import Checked, count, problems_of
from slyflow.problem import has_errors


def checked(file: str, console: Console) -> Checked:
    """Return the checked pipeline, its warnings printed on standard error.

    UsageError, after its problems were printed there, when the file has errors.
    """
    loaded, dag, problems = problems_of(file)
    console.problems(problems, loaded)
    if loaded.pipeline is None or dag is None or has_errors(problems):
        raise UsageError(f"{file}: {count(problems)}")
    return Checked(loaded.pipeline, dag, loaded)
