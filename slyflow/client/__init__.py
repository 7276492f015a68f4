"""The client of the public API: one `Instance`, remote or embedded, behind one transport."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slyflow.catalog.module import Module
    from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, Support
    from slyflow.client.app import AppContext
    from slyflow.client.apps import TeamApp
    from slyflow.client.download import Download
    from slyflow.client.endpoints import Readiness
    from slyflow.client.fields import Change
    from slyflow.client.filter import Filter
    from slyflow.client.images import Image
    from slyflow.client.instance import Instance
    from slyflow.client.launch import Started
    from slyflow.client.order import Order, Redirect
    from slyflow.client.output import GeneralOutput, ProjectOutput, SessionOutput
    from slyflow.client.outputs import Icon
    from slyflow.client.sessions import Place
    from slyflow.client.waited import How, Limits, Phase, Waited
    from slyflow.client.waiting import Pace
    from slyflow.model.artifact import Kind
    from slyflow.model.node import Edge, NodeSettings
    from slyflow.model.session import LogLine, Session, Status

__all__ = [
    "WORKFLOW",
    "WORKFLOW_JOBS",
    "AppContext",
    "Change",
    "Download",
    "Edge",
    "Filter",
    "GeneralOutput",
    "How",
    "Icon",
    "Image",
    "Instance",
    "Kind",
    "Limits",
    "LogLine",
    "Module",
    "NodeSettings",
    "Order",
    "Pace",
    "Phase",
    "Place",
    "ProjectOutput",
    "Readiness",
    "Redirect",
    "Session",
    "SessionOutput",
    "Started",
    "Status",
    "Support",
    "TeamApp",
    "Waited",
]

# The module of each, relative to this package.
_HOMES = {
    "WORKFLOW": "about",
    "WORKFLOW_JOBS": "about",
    "AppContext": "app",
    "Change": "fields",
    "Download": "download",
    "Edge": ".model.node",
    "Filter": "filter",
    "GeneralOutput": "output",
    "How": "waited",
    "Icon": "outputs",
    "Image": "images",
    "Instance": "instance",
    "Kind": ".model.artifact",
    "Limits": "waited",
    "LogLine": ".model.session",
    "Module": "module",
    "NodeSettings": ".model.node",
    "Order": "order",
    "Pace": "waiting",
    "Phase": "waited",
    "Place": "sessions",
    "ProjectOutput": "output",
    "Readiness": "endpoints",
    "Redirect": "order",
    "Session": ".model.session",
    "SessionOutput": "output",
    "Started": "launch",
    "Status": ".model.session",
    "Support": "about",
    "TeamApp": "apps",
    "Waited": "waited",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: who reads credentials needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
