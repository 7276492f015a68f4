"""Apps in folders of the repository: what their config.json says, and whether steps agree with that."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from slyflow.catalog.check import check_app_step
from slyflow.catalog.config import read_interface
from slyflow.model.interface import Interface
from slyflow.model.pipeline import AppAction, Pipeline, Step
from slyflow.problem import Problem
from slyflow.record import record
from slyflow.syntax.document import parse_value
from slyflow.syntax.include import (
    IncludeError,
    NoFile,
    OutsideError,
    folder_of,
    home_of,
    is_within,
    read_include,
)
from slyflow.text import suggest

_CONFIG = "config.json"
_HINT = "an app is a folder with config.json"


@record(frozen=True)
class FolderApp:
    """An app as its folder says; `slug` is the path by which the pipeline names it."""

    slug: str
    interface: Interface


@record(frozen=True)
class NoApp:
    """Why a path names no app, and what to do."""

    message: str
    hint: str = _HINT


def check_folder_apps(steps: Sequence[Step], file: str) -> Iterator[Problem]:
    """Yield what is wrong with the steps of a pipeline file that launch apps in folders."""
    apps = read_apps(map(_path, steps), file)
    for step in steps:
        match apps.get(_path(step) or ""):
            case FolderApp() as app:
                yield from check_app_step(step, app)
            case NoApp(message, hint) if isinstance(step.action, AppAction):
                yield Problem(step.action.app.span, message, "bad-app-folder", hint=hint)


def folder_interfaces(pipeline: Pipeline) -> dict[str, Interface]:
    """Return what the apps in folders take, by their paths as the pipeline names them."""
    apps = read_apps(map(_path, pipeline.all_steps.values()), pipeline.path)
    return {path: app.interface for path, app in apps.items() if isinstance(app, FolderApp)}


def read_apps(paths: Iterable[str | None], file: str) -> dict[str, FolderApp | NoApp]:
    """Return the apps in the folders that a pipeline file names, or why there is none.

    A folder outside of the pipeline's repository, or with an absolute path, is left out: only a run opens it.
    """
    folder = folder_of(file)
    home = home_of(folder)
    apps: dict[str, FolderApp | NoApp] = {}
    for path in dict.fromkeys(paths):
        app = None if path is None else _read(path, folder, home)
        if path is not None and app is not None:
            apps[path] = app
    return apps


def _path(step: Step) -> str | None:
    return step.action.app.path if isinstance(step.action, AppAction) else None


def _read(path: str, folder: str, home: str) -> FolderApp | NoApp | None:
    if "\0" in path or path[:1] == "/" or not is_within(os.path.realpath(f"{folder}/{path}"), home):
        return None
    name = f"{path.rstrip('/')}/{_CONFIG}"
    try:
        config = parse_value(read_include(name, folder, home).removeprefix("\ufeff"), "json")
    except OutsideError:
        return None
    except NoFile:
        return NoApp(f'there is no app in "{path}"', _near(path, folder, home))
    except IncludeError as error:
        return NoApp(str(error))
    except ValueError as error:
        return NoApp(f'"{name}" is not JSON: {error}')
    if not isinstance(config, Mapping):
        return NoApp(f'"{name}" is not the config of an app: it must be one JSON object')
    return FolderApp(path, read_interface(config))


def _near(path: str, folder: str, home: str) -> str:
    """Return where an app of nearly that name is, beside the folder that is none; else what an app is."""
    beside, slash, name = path.rstrip("/").rpartition("/")
    place = os.path.realpath(f"{folder}/{beside}")
    names: list[str] = []
    if is_within(place, home):
        with suppress(OSError), os.scandir(place) as entries:
            names = [one.name for one in entries]
    near = suggest(name, names)
    is_app = near is not None and os.path.lexists(f"{place}/{near}/{_CONFIG}")
    return f'there is one in "{beside}{slash}{near}"' if is_app else _HINT
