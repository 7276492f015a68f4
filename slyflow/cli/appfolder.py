"""A folder with a config.json, registered as an app of the embedded instance."""

from pathlib import Path

from slyflow.cli.console import Console
from slyflow.client import Instance
from slyflow.client.module import read_module
from slyflow.client.retry import WRITE
from slyflow.client.row import mapping
from slyflow.errors import Unsupported, UsageError
from slyflow.model.value import Json
from slyflow.report.line import Part

_ADD = "embedded.apps.add"


def check(folder: Path) -> Path:
    """Return the folder in full; UsageError when it is no app."""
    if not (folder / "config.json").is_file():
        raise UsageError(f"{folder} has no config.json", hint="an app is a folder with a config.json")
    return folder.resolve()


def add(folder: Path, slug: str | None, instance: Instance, console: Console) -> int:
    """Register the folder as it is now; unchanged content stays the same release."""
    if not instance.embedded:
        raise Unsupported(f"{instance.url} is not an embedded instance: apps are released there")
    body: dict[str, Json] = {"path": str(folder)}
    if slug is not None:
        body["slug"] = slug
    app = read_module(mapping(instance.transport.call(_ADD, body, retry=WRITE), _ADD), _ADD)
    console.line(Part(app.slug, "strong"), f"@{app.version}  {app.name}")
    return 0
