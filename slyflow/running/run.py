"""A new run of a checked pipeline: nothing is launched while anything is wrong."""

from collections.abc import Callable, Mapping

from slyflow.graph.checked import Checked
from slyflow.model.value import Json
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.running.operator import Operator
from slyflow.running.secrets import read_secrets
from slyflow.running.world import World
from slyflow.settings import Settings
from slyflow.syntax.params import bind


def run(
    ready: Checked,
    params: Mapping[str, Json],
    settings: Settings,
    world: World,
    operator: Operator,
    *,
    meanwhile: Callable[[], None],
) -> int:
    """Run the pipeline to its end and return the exit code; `meanwhile` is called while an instance starts.

    UsageError when params or secrets are missing or wrong, or the instance lacks what is referred to.
    """
    values = bind(ready.pipeline.params, params)
    read_secrets(ready.pipeline, world)
    open_home(settings.home)
    with connect(settings, world, meanwhile=meanwhile) as connection:
        # The engine, which `meanwhile` may have imported already.
        from slyflow.running.begin import begin

        return begin(ready, values, connection, settings, world, operator)
