"""A new run of a checked pipeline: nothing is launched while anything is wrong."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from slyflow.errors import StoreError
from slyflow.model.value import Json
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.running.locked import Ready
from slyflow.running.operator import Operator
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings

if TYPE_CHECKING:
    from slyflow.client.instance import Instance
    from slyflow.running.begin import Draft


def run(
    ready: Ready,
    values: Mapping[str, Json],
    settings: Settings,
    world: World,
    operator: Operator,
    *,
    instance: "Instance | None" = None,
    meanwhile: Callable[[], None],
) -> int:
    """Run the pipeline with its params' values to its end, and return the exit code.

    `meanwhile` is called while an embedded instance starts, a given `instance` is open. UsageError when
    secrets are missing, or the instance lacks what is referred to.
    """
    read_secrets(ready.pipeline, world)
    open_home(settings.home)
    drafted: list[Draft] = []

    def use_the_wait() -> None:
        meanwhile()
        # The engine, which `meanwhile` may have imported already.
        from slyflow.running.begin import draft

        with suppress(StoreError):  # it is told when there is an instance to take leave of
            drafted.append(draft(ready.pipeline.name, settings, world))

    try:
        with connect(settings, world, instance=instance, meanwhile=use_the_wait) as connection:
            from slyflow.running.begin import begin

            run = drafted.pop() if drafted else None
            return begin(ready, values, connection, settings, world, operator, run)
    finally:
        for left in drafted:  # the instance did not start
            left.discard()
