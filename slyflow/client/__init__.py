"""The client of the public API: one `Instance`, remote or embedded, behind one transport."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slyflow.catalog.module import Module
    from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, Support
    from slyflow.client.app import AppContext
    from slyflow.client.apps import TeamApp
    from slyflow.client.download import Download
    from slyflow.client.filter import Filter
    from slyflow.client.images import Image
    from slyflow.client.instance import Instance

__all__ = [
    "WORKFLOW",
    "WORKFLOW_JOBS",
    "AppContext",
    "Download",
    "Filter",
    "Image",
    "Instance",
    "Module",
    "Support",
    "TeamApp",
]

_HOMES = {
    "WORKFLOW": "about",
    "WORKFLOW_JOBS": "about",
    "AppContext": "app",
    "Download": "download",
    "Filter": "filter",
    "Image": "images",
    "Instance": "instance",
    "Module": "module",
    "Support": "about",
    "TeamApp": "apps",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: who reads credentials needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
