"""Everything that may stand at the cursor, as whole words."""

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from slyflow.cli.command import COMMANDS
from slyflow.cli.completing.offer import Offer
from slyflow.cli.completing.path import folders, paths, pipelines
from slyflow.cli.completing.place import Place
from slyflow.cli.completing.runs import run_ids, steps_of
from slyflow.cli.context import Context
from slyflow.cli.options import SETTING
from slyflow.errors import SlyflowError
from slyflow.settings import AUTO, SETTINGS, Color, OnInterrupt, Settings, Where, load

if TYPE_CHECKING:
    from slyflow.syntax.node import Node

_WORDS = {"color": get_args(Color), "instance": get_args(Where), "on_interrupt": get_args(OnInterrupt)}
_GLOBAL = (Offer("--help", "print what there is"), Offer("--version", "print the version"))


def complete(words: Sequence[str], current: str, context: Context) -> list[Offer]:
    """Return what may stand in place of the current word, given the words before it without `slyflow`."""
    place = Place(words)
    try:
        found = list(_offers(place, words, current, context))
    except SlyflowError:
        found = []  # nobody asked for a message in the middle of a line
    return [offer for offer in dict.fromkeys(found) if offer.word.startswith(current) and offer.is_safe]


def _offers(place: Place, words: Sequence[str], current: str, context: Context) -> Iterator[Offer]:
    if place.command is None:
        if not words:
            yield from (Offer(name, text) for name, text in COMMANDS.items())
            yield from _GLOBAL if current.startswith("-") else ()
        return
    yield from place.options(current)
    action, lead = place.value(current)
    if action is not None:
        for offer in _values(action, place, current.removeprefix(lead), context):
            yield Offer(lead + offer.word, offer.help)


def _values(action: argparse.Action, place: Place, current: str, context: Context) -> Iterator[Offer]:
    if isinstance(action, argparse._SubParsersAction):
        yield from (Offer(verb.dest, verb.help or "") for verb in action._choices_actions)
    elif action.choices is not None:
        yield from (Offer(str(choice)) for choice in action.choices)
    elif action.dest.startswith(SETTING):
        yield from _of_setting(action.dest.removeprefix(SETTING), current, context.folder)
    else:
        yield from _named(action, place, current, context)


def _of_setting(name: str, current: str, folder: str) -> Iterator[Offer]:
    setting = SETTINGS[name]
    yield from (Offer(word) for word in _WORDS.get(name, (AUTO,) if setting.default == AUTO else ()))
    if setting.metavar == "DIR":
        yield from folders(current, folder)
    elif setting.metavar == "FILE":
        yield from paths(current, folder)


def _named(action: argparse.Action, place: Place, current: str, context: Context) -> Iterator[Offer]:
    """Give the values of what an argument or option calls its value."""
    match action.metavar, bool(action.option_strings):
        case "FILE", _:
            yield from pipelines(current, context.folder)
        case ("PATH", False) | ("APP", _):
            yield from folders(current, context.folder)
        case "PATH", True if action.dest == "to":
            yield from paths(current, context.folder)
        case "RUN", _:
            yield from run_ids(_settings(place.given, context))
        case "CODE", _:
            from slyflow.code import codes  # which few words need

            # Both ways to name one; a shell shows what each is about.
            yield from (Offer(word, one.title) for one in codes() for word in (one.id, one.slug))
        case "STEP", _:
            yield from _steps(place.given, context)
        case "KEY=VALUE", _:
            from slyflow.cli.completing.pipelinefile import params  # yaml, which few words need

            yield from params(_pipeline(place.given, context), current)
        case _:
            return


def _steps(given: Mapping[str, list[str]], context: Context) -> Iterator[Offer]:
    if "run" in given:
        yield from steps_of(_settings(given, context), given["run"][-1])
    else:
        from slyflow.cli.completing.pipelinefile import step_ids

        yield from step_ids(_pipeline(given, context))


def _pipeline(given: Mapping[str, list[str]], context: Context) -> "Node | None":
    """Return the tree of the pipeline file on the line, None without one."""
    from slyflow.cli.completing.pipelinefile import read_root

    files = given.get("file")
    return read_root(os.path.join(context.folder, files[-1])) if files else None  # noqa: PTH118 - pathlib takes long


def _settings(given: Mapping[str, list[str]], context: Context) -> Settings:
    flags = {
        name.removeprefix(SETTING): values[-1] for name, values in given.items() if name.startswith(SETTING)
    }
    return load(flags, context.environ, context.folder)
