"""The page on commands, and the README, name everything that the command line takes and returns."""

import argparse
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from slyflow import errors
from slyflow.cli import command as commands
from slyflow.engine import verdict
from slyflow.errors import SlyflowError
from slyflow.settings import SETTINGS
from tests.cli.command import slyflow
from tests.docs.markdown import COMMANDS, README, code, prose, rows, section


@pytest.mark.parametrize("page", [COMMANDS, README], ids=lambda page: page.name)
def test_every_command_is_in_the_table(page: Path) -> None:
    text = section(page, "Commands")
    named = {found.removeprefix("slyflow ").split(" ")[0] for row in rows(text) for found in code(row[0])}
    assert named == set(commands.COMMANDS)


@pytest.mark.parametrize("command", sorted(commands.COMMANDS))
def test_options_of_a_command_are_those_in_its_row(command: str) -> None:
    own = {option for option in _options(command) if option not in _setting_flags()} - {"-h", "--help"}
    row = next(row for row in rows(section(COMMANDS, "Commands")) if code(row[0])[0].split(" ")[0] == command)
    listed = set(re.findall(r"(?<![\w-])--?[a-z][a-z0-9-]*", row[2]))
    assert listed == own


def test_every_setting_stands_with_its_flag_variable_and_default() -> None:
    listed = [row[:4] for row in rows(section(COMMANDS, "Settings"))]
    assert listed == [
        [f"`{one.name}`", f"`{one.flag} {one.metavar}`", f"`{one.variable}`", f"`{one.default}`"]
        for one in SETTINGS.values()
    ]


def test_every_setting_that_slyflow_chooses_is_explained() -> None:
    chosen = {one.name for one in SETTINGS.values() if one.default == "auto"}
    explained = set(re.findall(r"^- `(\w+)`:", section(COMMANDS, "Settings"), re.MULTILINE))
    told_in_help = {one.name for one in SETTINGS.values() if "auto:" in one.help or "or auto" in one.help}
    assert chosen - explained - told_in_help == set()


def test_document_of_a_run_has_exactly_the_keys_listed(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("{slyflow: 1, steps: {add: {values: {sum: 3}}}}")
    done = slyflow("run", "one.yaml", "--json", "--instance", "embedded", cwd=tmp_path)
    document = json.loads(done.stdout)
    of_run, of_step = section(COMMANDS, "The document of a run").split("and for each step:")
    assert _listed(of_run) == list(document)
    assert _listed(of_step) == list(document["steps"]["add"])


def _listed(table: str) -> list[str]:
    return [name for row in rows(table) for name in code(row[0])]


def test_exactly_the_exit_codes_that_happen_are_listed() -> None:
    rows_of_codes = [row for row in rows(prose(README)) if re.fullmatch(r"[\d, ]+", row[0])]
    listed = {int(number) for row in rows_of_codes for number in row[0].split(",")}
    raised = {error.exit_code for error in _tree(SlyflowError)}
    ended = {verdict.OK, verdict.STEP_FAILED, verdict.NEEDS_HUMAN, verdict.EDGE_MISSING}
    assert listed == raised | ended | {130, 143}


def _tree(error: type[SlyflowError]) -> Iterator[type[SlyflowError]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child)


def _setting_flags() -> set[str]:
    return {setting.flag for setting in SETTINGS.values()}


def _options(command: str) -> Iterator[str]:
    """Yield the options of a command, and of its verbs where it has any."""
    taken = argparse.ArgumentParser()
    commands.find(command).add_arguments(taken)
    yield from _of(taken)


def _of(taken: argparse.ArgumentParser) -> Iterator[str]:
    for action in taken._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for verb in action.choices.values():
                yield from _of(verb)
