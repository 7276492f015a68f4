"""The console: the only module that prints, so that everything printed is safe and free of secrets."""

import os
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, TextIO

from slyflow.cli import ci
from slyflow.errors import SlyflowError
from slyflow.model.value import Json, map_texts
from slyflow.report.line import Line, Part, draw
from slyflow.text import sanitize

if TYPE_CHECKING:
    from slyflow.problem import Problem
    from slyflow.secret import Redactor
    from slyflow.syntax.load import Loaded

ColorMode = Literal["auto", "always", "never"]
# What JSON may hold raw but a terminal must not be sent: C1 controls, directions, lone surrogates.
_RISKY = "[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"


class Console:
    """Standard output and standard error of one command.

    A reader that went away (`| head`) ends nothing: what is printed after it is dropped. Any other
    failed write is remembered in `failure`, because a lost result must not exit 0.
    """

    def __init__(self, out: TextIO, err: TextIO, environ: Mapping[str, str]) -> None:
        self.out = out
        self.err = err
        self._redactor: Redactor | None = None
        self.failure: OSError | None = None
        self._mode: ColorMode = "auto"
        self._plain_terminal = bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
        self._moving_terminal = environ.get("TERM") != "dumb"
        self._in_ci = ci.runs_here(environ)

    def hide(self, *values: str) -> None:
        """Keep these secret values out of everything printed from now on."""
        from slyflow.secret import Redactor, Secret  # a command without secrets need not pay for it

        if self._redactor is None:
            self._redactor = Redactor()
        self._redactor.add(*map(Secret, values))

    def redact(self, text: str) -> str:
        """Return the text without the secrets known so far."""
        return self._redactor(text) if self._redactor else text

    def use_color(self, mode: ColorMode) -> None:
        """Follow the setting `color`."""
        self._mode = mode

    def has_color(self, stream: TextIO) -> bool:
        """Say whether colour codes may be sent to the stream."""
        if self._mode != "auto":
            return self._mode == "always"
        return not self._plain_terminal and stream.isatty()

    def can_redraw(self, stream: TextIO) -> bool:
        """Say whether the stream is a terminal on which earlier lines can be drawn again."""
        return self._moving_terminal and stream.isatty()

    def line(self, *parts: str | Part) -> None:
        """Print one line of the command's result on standard output."""
        self._print(self.out, draw(parts, color=self.has_color(self.out)))

    def note(self, *parts: str | Part) -> None:
        """Print one line about the command's work on standard error."""
        self._print(self.err, draw(parts, color=self.has_color(self.err)))

    def lines(self, lines: list[Line]) -> None:
        """Print several lines of the command's result."""
        for line in lines:
            self.line(*line)

    def text(self, text: str) -> None:
        """Print a block of the command's result; its line ends stay, its escapes do not."""
        self._print(self.out, "\n".join(sanitize(line) for line in text.rstrip("\n").split("\n")))

    def rendered(self, text: str, stream: TextIO) -> None:
        """Print text that was rendered, and made safe, for the colours of the stream."""
        self._print(stream, text.rstrip("\n"))

    def verbatim(self, text: str) -> None:
        """Print the text of a file that the user gave, as it is to be saved."""
        self._put(self.out, text)

    def orders(self, text: str) -> None:
        """Print lines that a CI system is meant to obey, all made by slyflow itself."""
        if text:
            self._put(self.out, self.redact(text))

    def problems(
        self, problems: "Iterable[Problem]", loaded: "Loaded", *, stream: TextIO | None = None
    ) -> None:
        """Print the problems with the lines they stand in, on standard error if no stream is given."""
        problems = list(problems)
        if problems:
            from slyflow.report.problems import render  # a file without problems need not pay for it

            stream = stream or self.err
            sources = {problem.span.file: loaded.source for problem in problems}
            page = _problems_page() if self.has_color(stream) else None
            self.rendered(render(problems, sources, color=self.has_color(stream), page=page), stream)

    def json(self, document: Json) -> None:
        """Print one JSON document on standard output."""
        import json  # not needed, and not paid for, by most commands

        # Texts only: a secret may look like a number or a key of ours.
        clean = map_texts(document, self.redact, keys=False)
        text = json.dumps(clean, ensure_ascii=False, indent=2, allow_nan=False)
        text = re.sub(_RISKY, lambda match: f"\\u{ord(match[0]):04x}", text)
        self._put(self.out, (ci.defuse_json(text) if self._in_ci else text) + "\n")

    def error(self, error: SlyflowError) -> None:
        """Say what went wrong and what to do next."""
        first, *rest = error.message.split("\n")
        self.note(Part("error: ", "bad"), first)
        for line in rest:
            self.note("  ", line)
        if error.hint:
            self.note(Part("hint: ", "dim"), error.hint)

    def crash(self, error: Exception, *, debug: bool) -> None:
        """Say that slyflow itself failed, with its traceback when asked."""
        self.note(Part("slyflow failed: ", "bad"), f"{type(error).__name__}: {error}")
        if debug:
            import traceback

            for line in "".join(traceback.format_exception(error)).rstrip().split("\n"):
                self.note(line)
        else:
            self.note(
                Part("hint: ", "dim"),
                "this is a bug in slyflow; run again with SLYFLOW_DEBUG=1 and report what it prints",
            )

    def _print(self, stream: TextIO, text: str) -> None:
        text = self.redact(text)
        self._put(stream, (ci.defuse(text) if self._in_ci else text) + "\n")

    def _put(self, stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except BrokenPipeError:
            _drop(stream)
        except OSError as error:
            self.failure = error
            _drop(stream)


def _problems_page() -> str | None:
    """Return the URL of the page that explains every code, which is a file: in the package or beside it."""
    package = __file__.rsplit("/", 2)[0]
    for place in (f"{package}/problems.md", f"{package}/../docs/problems.md"):
        if os.path.exists(place):  # noqa: PTH110  # pathlib is not imported for a check
            from urllib.parse import quote

            return "file://" + quote(os.path.realpath(place))
    return None


def _drop(stream: TextIO) -> None:
    """Send everything the stream still holds or is given to nowhere, so that exit cannot fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
