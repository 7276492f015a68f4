"""The entry point: argv in, exit code out; the one place that catches errors."""

import gc
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn, TextIO

import slyflow
from slyflow.cli import command, words
from slyflow.cli.console import Console
from slyflow.cli.context import Context
from slyflow.errors import SlyflowError, StoreError

if TYPE_CHECKING:
    import argparse

INTERRUPTED = 130
THREAD_PATIENCE = 1.0
COMPLETE = "__complete"  # what the scripts of `slyflow completion` call
# What a check builds has no cycles, so there is nothing that the collector would find.
UNCOLLECTED = ("validate",)
# New objects between two looks for garbage. A long journal is read into hundreds of thousands, all kept.
COLLECT_AFTER = 10_000
BUG = 70  # EX_SOFTWARE: none of the codes a run ends with


def main(argv: Sequence[str], context: Context) -> int:
    """Run one command and return its exit code; nothing is raised."""
    console = context.console
    try:
        code = _run(argv, context)
        if console.failure is not None and code == 0:
            raise StoreError(f"the output could not be written: {console.failure.strerror}")
    except SlyflowError as error:
        console.error(error)
        code = error.exit_code
    except KeyboardInterrupt:
        console.note("interrupted")
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is reported, never swallowed
        console.crash(error, debug=bool(context.environ.get("SLYFLOW_DEBUG")))
        code = BUG
    return code


def _run(argv: Sequence[str], context: Context) -> int:
    if argv[:1] == [COMPLETE]:
        from slyflow.cli.completing.answer import answer  # for shells alone

        return answer(argv[1:], context)
    command.check(argv)
    try:
        args = words.read(argv) or _parsed(argv)
    except command.HelpAsked as help_text:
        context.console.text(str(help_text))
        return 0
    if args.version:
        context.console.line(f"slyflow {slyflow.__version__}")
        return 0
    called = command.find(args.command)
    if not gc.isenabled() and args.command not in UNCOLLECTED:
        # What was imported so far stays: later collections need not walk it.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        gc.enable()
    return called.call(args, context)


def _parsed(argv: Sequence[str]) -> "argparse.Namespace":
    from slyflow.cli import parser  # many lines need no argparse

    return parser.read(argv)


def entry_point() -> NoReturn:
    """Run the command line of this process."""
    gc.disable()  # at least until the command is imported: there is no garbage yet
    environ = dict(os.environ)
    console = Console(_stream(sys.stdout), _stream(sys.stderr), environ)
    if environ.get("API_TOKEN"):
        console.hide(environ["API_TOKEN"])
    context = Context(console, environ, os.getcwd(), os.urandom)  # noqa: PTH109  # see Context.folder
    _exit(main(sys.argv[1:], context))


def _exit(code: int) -> NoReturn:
    """End the process; calls that an abandoned run still waits for do not hold it up."""
    threading = sys.modules.get("threading")
    if threading is None:
        # Nothing runs or waits to be cleaned up, and everything printed was flushed line by line: to take
        # apart all that was imported would be a tenth of a short command.
        os._exit(code)
    waiting = [thread for thread in threading.enumerate() if not thread.daemon]
    others = [thread for thread in waiting if thread is not threading.main_thread()]
    for thread in others:
        thread.join(timeout=THREAD_PATIENCE / len(others))
    if any(thread.is_alive() for thread in others):
        os._exit(code)
    gc.freeze()  # the interpreter's last collections would walk through all that was imported
    sys.exit(code)


def _stream(stream: TextIO | None) -> TextIO:
    """Return a stream that takes any text; a closed one (`>&-`) takes it to nowhere."""
    if stream is None:
        from pathlib import Path

        return Path(os.devnull).open("w", encoding="utf-8")
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream
