"""The client of the public API: one `Instance`, remote or embedded, behind one transport."""

from slyflow.client.app import AppContext
from slyflow.client.images import Image
from slyflow.client.instance import Instance

__all__ = ["AppContext", "Image", "Instance"]
