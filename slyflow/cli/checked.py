"""A pipeline file found free of errors, its problems printed."""

from slyflow.catalog.lockfile import Locks
from slyflow.cli.context import Context
from slyflow.errors import UsageError
from slyflow.graph.checked import count
from slyflow.running.locked import Ready, held


def checked(file: str, context: Context, *, strict: bool = False) -> Ready:
    """Return the checked pipeline, its warnings printed on standard error.

    UsageError, after its problems were printed there, when the file has errors, with `strict` also when
    it has warnings.
    """
    found = held(file, Locks(context.folder))
    context.console.problems(found.problems, found.loaded)
    ready = found.ready(strict=strict)
    if ready is None:
        raise UsageError(f"{file}: {count(found.problems)}")
    return ready
