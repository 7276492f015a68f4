"""Apps in folders of the repository: what their config.json says, read from the disk."""

from collections.abc import Mapping
from pathlib import Path

from slyflow.catalog.config import read_interface
from slyflow.model.interface import Interface
from slyflow.model.pipeline import AppAction, Pipeline
from slyflow.syntax.document import parse_value
from slyflow.syntax.include import IncludeError, home_of, read_include

_CONFIG = "config.json"


def folder_interfaces(pipeline: Pipeline) -> dict[str, Interface]:
    """Return what the apps in folders take, by their paths as the pipeline names them.

    What is not there, is no config, or lies outside of the pipeline's repository is left out: a run says so.
    """
    folder = Path(pipeline.path).parent.resolve()
    home = home_of(folder)
    found: dict[str, Interface] = {}
    for step in pipeline.all_steps.values():
        path = step.action.app.path if isinstance(step.action, AppAction) else None
        if path is not None and path not in found:
            interface = _read(path, folder, home)
            if interface is not None:
                found[path] = interface
    return found


def _read(path: str, folder: Path, home: Path) -> Interface | None:
    try:
        config = parse_value(read_include(f"{path.rstrip('/')}/{_CONFIG}", folder, home), "json")
    except (IncludeError, ValueError):
        return None
    return read_interface(config) if isinstance(config, Mapping) else None
