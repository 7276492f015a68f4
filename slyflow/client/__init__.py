"""The client of the public API: one `Instance`, remote or embedded, behind one transport."""

from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, Support
from slyflow.client.app import AppContext
from slyflow.client.images import Image
from slyflow.client.instance import Instance

__all__ = ["WORKFLOW", "WORKFLOW_JOBS", "AppContext", "Image", "Instance", "Support"]
