"""The apps that the command line names: folders read from the disk, slugs looked up on the instance."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from slyflow.catalog.draft.chosen import Chosen, choose
from slyflow.cli.context import Context
from slyflow.errors import NotFound, UsageError
from slyflow.model.pipeline import AppRef
from slyflow.model.value import Json
from slyflow.problem import Span
from slyflow.running.connect import connect
from slyflow.running.home import open_home
from slyflow.settings import Settings
from slyflow.syntax.document import parse_value

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_CONFIG = "config.json"
_LIMIT = 1 << 20
_FOLDERS = (".", "/", "~")


def find_apps(names: Sequence[str], folder: Path, settings: Settings, context: Context) -> list[Chosen]:
    """Return the apps; those in folders are named relative to `folder`, where the pipeline will lie.

    The instance is only asked when a slug is among the names. UsageError or NotFound names the first
    that is no app.
    """
    with ExitStack() as stack:
        opened: list[Instance] = []

        def instance() -> "Instance":
            if not opened:
                open_home(settings.home)
                opened.append(stack.enter_context(connect(settings, context)).instance)
            return opened[0]

        return [
            _in_folder(name, folder, context)
            if name.startswith(_FOLDERS)
            else _by_slug(name, instance, context)
            for name in names
        ]


def _in_folder(name: str, folder: Path, context: Context) -> Chosen:
    path = (context.cwd / Path(name).expanduser()).resolve()
    config = _read(path / _CONFIG, path)
    relative = os.path.relpath(path, folder.resolve())
    reference = relative if relative.startswith("..") else f"./{relative}"
    return choose({"path": reference}, path.name, config)


def _read(file: Path, folder: Path) -> Mapping[str, Json]:
    try:
        with file.open("rb") as stream:
            content = stream.read(_LIMIT + 1)
        config = parse_value(content.decode(), "json") if len(content) <= _LIMIT else None
    except FileNotFoundError as error:
        hint = "an app is a folder with a config.json"
        raise UsageError(f"{folder} has no {_CONFIG}", hint=hint) from error
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}") from error
    if not isinstance(config, Mapping):
        raise UsageError(
            f"{file} is not the config of an app", hint="it must be one JSON object of at most 1 MiB"
        )
    return config


def _by_slug(name: str, instance: "Callable[[], Instance]", context: Context) -> Chosen:
    slug, _, version = name.partition("@")
    if "/" not in slug.strip("/"):
        hint = "an app is OWNER/REPOSITORY[/SUB/APP][@VERSION], or a folder such as ./my-app"
        raise UsageError(f'"{name}" is no slug of an app', hint=hint)
    found = instance()
    try:
        app = found.catalog.app(
            AppRef(slug=slug, version=version or None, span=Span("the command line", 1, 1, 1, 1)), "."
        )
    except NotFound as error:
        if (context.cwd / slug / _CONFIG).is_file():
            raise NotFound(error.message, status=404, hint=f"for the folder, write ./{name}") from error
        raise
    module = found.ecosystem.module(app.module_id, version=app.version)
    return choose(f"{app.slug}@{app.version}", app.slug, module.config)
