"""The newest release of an app, which a start uses when it names no version."""

from slyflow.client.ecosystem import Ecosystem
from slyflow.client.transport import Transport
from slyflow.errors import NotFound


def newest_release(transport: Transport, module_id: int) -> str:
    """Return the highest released version; NotFound when there is no such app, or no release of it."""
    module = Ecosystem(transport).module(module_id)
    if module.latest_release is None:
        raise NotFound(
            f"the app {module_id} has no releases",
            status=404,
            hint='name a branch, or leave the choice to the instance with the version ""',
        )
    return module.latest_release.version
