"""What is printed is safe, free of secrets, and never lost in silence."""

import errno
import io
import json
import os
from pathlib import Path

import pytest

from slyflow.cli.console import ColorMode, Console
from slyflow.errors import UsageError
from slyflow.report.line import Part


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _console(**environ: str) -> tuple[Console, io.StringIO, io.StringIO]:
    out, err = _Terminal(), io.StringIO()
    return Console(out, err, environ), out, err


def test_results_and_notes_go_to_different_streams() -> None:
    console, out, err = _console(TERM="dumb")
    console.line("result")
    console.note("note")
    assert (out.getvalue(), err.getvalue()) == ("result\n", "note\n")


@pytest.mark.parametrize(
    ("environ", "mode", "colored"),
    [
        ({"TERM": "xterm"}, "auto", True),
        ({"TERM": "dumb"}, "auto", False),
        ({"NO_COLOR": "1", "TERM": "xterm"}, "auto", False),
        ({"NO_COLOR": "", "TERM": "xterm"}, "auto", True),
        ({"NO_COLOR": "1"}, "always", True),
        ({"TERM": "xterm"}, "never", False),
    ],
)
def test_colour_follows_terminal_environment_and_setting(
    environ: dict[str, str], mode: ColorMode, *, colored: bool
) -> None:
    console, out, _ = _console(**environ)
    console.use_color(mode)
    console.line(Part("x", "bad"))
    assert ("\x1b[31m" in out.getvalue()) is colored


def test_what_is_no_terminal_gets_no_colour_and_cannot_be_redrawn() -> None:
    console, out, err = _console(TERM="xterm")
    console.note(Part("x", "bad"))
    assert err.getvalue() == "x\n"
    assert console.can_redraw(out)
    assert not console.can_redraw(err)
    assert not _console(TERM="dumb")[0].can_redraw(out)


def test_a_secret_is_hidden_in_every_kind_of_output() -> None:
    console, out, err = _console(TERM="dumb")
    console.hide("s3cret/token")
    console.line("a s3cret/token b")
    console.text("s3cret%2Ftoken")
    console.json({"x": "s3cret/token"})
    console.rendered("s3cret/token", out)
    console.error(UsageError("s3cret/token", hint="s3cret/token"))
    console.crash(ValueError("s3cret/token"), debug=True)
    assert "s3cret" not in out.getvalue() + err.getvalue()
    assert out.getvalue().count("***") == 4


def test_a_block_keeps_its_lines_and_loses_its_escapes() -> None:
    console, out, _ = _console()
    console.text("a\x1b[2J\n\tb\n")
    assert out.getvalue() == "a\n\tb\n"


def test_json_keeps_every_character_without_sending_it_raw() -> None:
    console, out, _ = _console()
    document = {"x": "é \x1b[31m \x9b \u202e \ud800 \u2028"}
    console.json(document)
    assert json.loads(out.getvalue()) == document
    assert "é" in out.getvalue()
    assert out.getvalue().replace("\n", "").isprintable()


def test_in_ci_no_line_is_an_order() -> None:
    console, out, err = _console(GITHUB_ACTIONS="true")
    console.line("::error::x")
    console.note("##[error]x")
    console.json({"x": "##[error]"})
    assert not out.getvalue().startswith("::")
    assert "##" not in out.getvalue() + err.getvalue()
    assert json.loads(out.getvalue().split("\n", 1)[1]) == {"x": "##[error]"}


def test_an_error_says_what_to_do_next() -> None:
    console, _, err = _console()
    console.error(UsageError("first\nsecond", hint="do this"))
    assert err.getvalue() == "error: first\n  second\nhint: do this\n"


def test_a_crash_shows_its_traceback_only_when_asked() -> None:
    console, _, err = _console()
    console.crash(ValueError("odd"), debug=False)
    assert "slyflow failed: ValueError: odd" in err.getvalue()
    assert "SLYFLOW_DEBUG=1" in err.getvalue()
    try:
        raise ValueError("odder")
    except ValueError as error:
        console.crash(error, debug=True)
    assert "Traceback" in err.getvalue()
    assert 'raise ValueError("odder")' in err.getvalue()


def test_a_reader_that_went_away_ends_nothing(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as out:
        console = Console(out, io.StringIO(), {})
        console.line("lost")
        console.line("lost too")
    assert console.failure is None


def test_a_full_disk_is_remembered() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with full.open("w") as out:
        console = Console(out, io.StringIO(), {})
        console.line("lost")
        assert console.failure is not None
        assert console.failure.errno == errno.ENOSPC
