"""The client of the public API: one `Instance`, remote or embedded, behind one transport."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, Support
    from slyflow.client.app import AppContext
    from slyflow.client.images import Image
    from slyflow.client.instance import Instance

__all__ = ["WORKFLOW", "WORKFLOW_JOBS", "AppContext", "Image", "Instance", "Support"]

_HOMES = {
    "WORKFLOW": "about",
    "WORKFLOW_JOBS": "about",
    "AppContext": "app",
    "Image": "images",
    "Instance": "instance",
    "Support": "about",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: who reads credentials needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
