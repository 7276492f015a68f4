"""Locks and locked apps for tests."""

from dataclasses import replace

from slyflow.catalog.lock import Lock, LockedApp
from slyflow.model.interface import Interface

INTERFACE = Interface(
    ("images_project",),
    {"filter": "all", "count": 3, "any": None, "deep": {"a": [1.5, {}]}},
    from_ecosystem=False,
    headless=True,
    min_instance_version="6.9.0",
    restart_policy="on_error",
)
EXPORT = LockedApp(
    "me/export",
    "newest",
    "v2.0.0",
    "Export",
    INTERFACE,
    "c" * 64,
    module_id=7,
    description="Exports: everything",
    pipelines=("a.yaml", "sub/b.yaml"),
)
TRAIN = replace(
    EXPORT,
    slug="me/train",
    asked="version",
    release="v1.0",
    interface=Interface((), None, True, False),
    module_id=8,
    pipelines=("a.yaml",),
)
LOCK = Lock("slyflow.lock", "https://one.example", {"me/export": EXPORT, "me/train@v1.0": TRAIN}, "6.17.8")
