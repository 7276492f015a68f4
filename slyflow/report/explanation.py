"""What each code of a problem means: its cause, a file that shows it, and the remedy, kept in data files."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from slyflow.code import Code, Slug, codes
from slyflow.record import field, record
from slyflow.syntax.document import parse_value

FOLDER = Path(__file__).parent / "explanations"


@record(frozen=True)
class Example:
    """A file in which the problem, and no other, stands at `line` and `column`.

    It is saved in `encoding` and checked beside `files`. A problem that only a run finds names what the run
    needs: the `config` of the app that its steps launch.
    """

    text: str
    line: int
    column: int
    encoding: str = "utf-8"
    files: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] | None = None


@record(frozen=True)
class Explanation:
    """The cause and the remedy, in Markdown; no example where no file alone could show it."""

    code: Code
    cause: str
    remedy: str
    example: Example | None


@cache
def explanations() -> Mapping[Slug, Explanation]:
    """Return what every code means, in the order of their numbers."""
    entries: dict[str, Any] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        found: Any = parse_value(path.read_text(encoding="utf-8"), "yaml")
        entries |= found
    return {one.slug: _explanation(one, entries[one.slug]) for one in codes()}


def _explanation(one: Code, entry: Mapping[str, Any]) -> Explanation:
    example = entry["example"]
    shown = None
    if example is not None:
        line, column = map(int, str(example["at"]).split(":"))
        shown = Example(
            example["text"],
            line,
            column,
            example.get("encoding", "utf-8"),
            example.get("files", {}),
            example.get("config"),
        )
    return Explanation(one, entry["cause"].strip(), entry["remedy"].strip(), shown)
