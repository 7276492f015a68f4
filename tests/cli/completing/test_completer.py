"""What may stand at the cursor is offered: commands, options, values, files, runs, steps and params."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from slyflow.cli.command import COMMANDS
from slyflow.cli.completing.completer import complete
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from tests.cli import command
from tests.unmeasured import environment

# A completion that loads one of these is felt.
HEAVY = ("requests", "networkx", "starlette", "uvicorn", "rich", "asyncio", "jsonschema", "celpy")


def _words(line: str, folder: Path) -> list[str]:
    *words, current = line.split(" ")
    context = Context(Console(sys.stdout, sys.stderr, {}), {}, str(folder), os.urandom)
    return [offer.word for offer in complete(words, current, context)]


def test_every_command_is_offered(folder: Path) -> None:
    assert _words("", folder) == list(COMMANDS)
    assert _words("res", folder) == ["resume", "resolve"]
    assert _words("-", folder) == ["--help", "--version"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("graph --fo", ["--format"]),
        ("graph --format mer", ["mermaid"]),
        ("graph --format=m", ["--format=mermaid"]),
        ("run --instance ", ["auto", "embedded", "remote"]),
        ("run --on-interrupt ", ["leave", "stop"]),
        ("run --poll-interval ", ["auto"]),
        ("run --home ", ["sub/"]),
        ("run --ca-file r", ["readme.md"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("apps sh", ["show"]),
        ("explain SLY10", [f"SLY10{number}" for number in range(1, 10)]),
        ("explain duplicate", ["duplicate-key"]),
        ("validate --format s", ["sarif"]),
        ("apps sessions --st", ["--status"]),
        ("apps sessions a/b --status f", ["finished"]),
        ("apps add ", ["sub/"]),
        ("init ./s", ["./sub/"]),
        ("run ", ["a.yaml", "it's.yml", "my file.yaml", 'say "$x".yaml', "sub/"]),
        ("run .", [".c.yaml", ".hidden/"]),
        ("run sub/", ["sub/b.yaml"]),
        ("validate a.yaml a", ["a.yaml"]),
        ("validate -- -", []),
        ("run a.yaml -p ", ["mode=", "share=", "strict=", "word="]),
        ("run a.yaml --param mode=", ["mode=fast", "mode=good"]),
        ("run -p strict=t", []),
        ("run a.yaml -p strict=t", ["strict=true"]),
        ("run a.yaml -p share=", ["share=0.5"]),
        ("run a.yaml -p word=", []),
        ("run a.yaml -p none=", []),
        ("run nothing.yaml -p ", []),
        ("show ", []),
        ("logs last ", []),
        ("nothing ", []),
        ("run no/such/folder/", []),
        ("run \0/", []),
    ],
)
def test_what_fits_is_offered(line: str, offered: list[str], folder: Path) -> None:
    assert _words(line, folder) == offered


def test_an_option_is_offered_again_only_where_it_may_be_given_again(folder: Path) -> None:
    offered = _words("run a.yaml --json -p mode=fast --", folder)
    assert "--json" not in offered
    assert {"--param", "--quiet", "--instance"} <= set(offered)


def test_options_follow_when_nothing_else_may(folder: Path) -> None:
    assert "--json" in _words("run a.yaml ", folder)
    assert "--json" not in _words("run ", folder)


def test_runs_and_their_steps_are_offered(folder: Path) -> None:
    ran = command.slyflow(
        "run", "a.yaml", "-p", "strict=true", "-p", "word=x", "--instance", "embedded", cwd=folder
    )
    assert ran.returncode == 0, ran.stderr
    (run,) = (path.name for path in (folder / ".slyflow" / "runs").iterdir())
    assert _words("show ", folder) == ["last", run]
    assert _words(f"resume {run[:8]}", folder) == [run]
    assert _words("logs last ", folder) == ["first", "second", "last_one"]
    assert _words(f"logs {run} s", folder) == ["second"]
    assert _words("logs --home sub last ", folder) == []
    assert _words(f"logs --home {folder / '.slyflow'} last f", folder / "sub") == ["first"]


def test_an_unfinished_pipeline_offers_what_can_be_read(folder: Path) -> None:
    (folder / "a.yaml").write_text("params:\n  one: {enum: 5}\n  two:\n")
    assert _words("run a.yaml -p ", folder) == ["one=", "two="]
    assert _words("run a.yaml -p one=", folder) == []


def test_names_that_would_move_the_cursor_are_not_offered(folder: Path) -> None:
    (folder / "b\x1b[2J\n.yaml").write_text("")
    assert _words("run b", folder) == []


def test_descriptions_follow_a_tab(folder: Path) -> None:
    ended = command.slyflow("__complete", "zsh", "run", "a.yaml", "-p", "mo", cwd=folder)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "mode=\tHow it is done\n", "")
    assert command.slyflow("__complete", "fish", "nothing", "", cwd=folder).stdout == ""


def test_it_never_says_what_is_wrong_except_to_who_calls_it_by_hand(folder: Path) -> None:
    (folder / "slyflow.toml").write_text("nonsense = 1")
    ended = command.slyflow("__complete", "zsh", "show", "", cwd=folder)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert command.slyflow("__complete", cwd=folder).returncode == 2


def test_nothing_heavy_is_imported_for_any_command(folder: Path) -> None:
    script = (
        "import json, os, sys\n"
        "from slyflow.cli import main\n"
        "from slyflow.cli.command import COMMANDS\n"
        "from slyflow.cli.console import Console\n"
        "from slyflow.cli.context import Context\n"
        "context = Context(Console(sys.stderr, sys.stderr, {}), {}, os.getcwd(), os.urandom)\n"
        "for name in COMMANDS:\n"
        "    assert main.main(['__complete', 'zsh', name, '--'], context) == 0\n"
        "print(json.dumps(sorted(sys.modules)))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    modules = set(json.loads(ended.stdout))
    assert {f"slyflow.cli.commands.{name}" for name in ("run", "serve", "import_")} <= modules
    assert modules.isdisjoint(HEAVY)
