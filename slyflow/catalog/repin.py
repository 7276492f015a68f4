"""Changes the version of an app where the text of a pipeline names it, and nothing else."""

import re
from collections.abc import Iterable

from slyflow.errors import UsageError
from slyflow.model.pipeline import AppRef
from slyflow.problem import Span


def repinned(text: str, refs: Iterable[AppRef], version: str) -> str:
    """Return the text with another version in these references, which all stand in it.

    UsageError, with the place, for one whose version is not written there as a word of its own.
    """
    starts = _line_starts(text)
    # From the end, so that the places before stay where they are; an alias gives one place twice.
    places = {ref.version_span or ref.span: ref for ref in refs}
    for span in sorted(places, reverse=True):
        start = starts[span.line - 1] + span.column - 1
        end = starts[span.end_line - 1] + span.end_column - 1
        changed = _changed(text[start:end], places[span].version or "", version)
        if changed is None:
            raise UsageError(
                f"{_place(span)}: the version of {places[span]} cannot be changed there",
                hint=f"write {version} there yourself, then run: slyflow lock {span.file}",
            )
        text = text[:start] + changed + text[end:]
    return text


def _changed(written: str, old: str, new: str) -> str | None:
    """Return what stands in the file with another version, None unless it names the version just once."""
    found = list(re.finditer(rf"""(?<![^@"'\s]){re.escape(old)}(?=["'\s]|$)""", written))
    if len(found) != 1:
        return None
    return written[: found[0].start()] + new + written[found[0].end() :]


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))]


def _place(span: Span) -> str:
    return f"{span.file}:{span.line}:{span.column}"
