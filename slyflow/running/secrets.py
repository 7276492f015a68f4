"""The secrets a pipeline reads from the environment, hidden from everything told."""

from collections.abc import Mapping

from slyflow.errors import UsageError
from slyflow.model.pipeline import Pipeline
from slyflow.running.world import World
from slyflow.secret import SHORTEST, Secret


def read_secrets(pipeline: Pipeline, world: World) -> Mapping[str, Secret]:
    """Return the environment's values of the pipeline's secrets, hidden from everything told.

    UsageError names every one that is not set, or too short to be hidden.
    """
    missing = sorted(name for name in pipeline.secrets if not world.environ.get(name))
    if missing:
        raise UsageError(
            f"the pipeline reads secrets that are not set: {', '.join(missing)}",
            hint="set them in the environment",
        )
    values = {name: world.environ[name] for name in pipeline.secrets}
    short = sorted(name for name, value in values.items() if len(value) < SHORTEST)
    if short:
        raise UsageError(
            f"a secret of fewer than {SHORTEST} characters cannot be kept out of what is printed and"
            f" journalled: {', '.join(short)}",
            hint="use a longer one, or make it a param if it need not be secret",
        )
    world.audience.hide(*values.values())
    return {name: Secret(value) for name, value in values.items()}
