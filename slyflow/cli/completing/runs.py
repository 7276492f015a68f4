"""Runs of the home that the command line means, and the steps of one."""

import os
from collections.abc import Iterator

from slyflow.cli.completing.offer import Offer
from slyflow.settings import Settings


def run_ids(settings: Settings) -> Iterator[Offer]:
    """Yield `last` and the ids of all runs, the newest first; their journals are not read."""
    try:
        found = sorted((entry.name for entry in os.scandir(settings.runs) if entry.is_dir()), reverse=True)
    except OSError:
        return
    if found:
        yield Offer("last", "the newest run")
    for name in found:
        yield Offer(name)


def steps_of(settings: Settings, name: str) -> Iterator[Offer]:
    """Yield the steps of a run; SlyflowError when there is none of that name, or it cannot be read."""
    from slyflow.cli.completing.pipelinefile import root_of, step_ids
    from slyflow.engine.journal import read
    from slyflow.engine.runs import find_run
    from slyflow.model.event import RunCreated

    for recorded in read(find_run(settings.home, name), RunCreated):
        if isinstance(recorded.event, RunCreated):
            yield from step_ids(root_of(recorded.event.source))
