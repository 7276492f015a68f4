"""Reads the documentation: its fenced blocks and the words it sets as code."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
LANGUAGE = ROOT / "docs" / "language.md"
COMMANDS = ROOT / "docs" / "commands.md"
LAUNCH = ROOT / "docs" / "launch.md"
APP_API = ROOT / "docs" / "app-api.md"
PYTHON = ROOT / "docs" / "python.md"
PAGES = (README, LANGUAGE, COMMANDS, LAUNCH, APP_API, PYTHON, ROOT / "CONTRIBUTING.md")

_FENCE = re.compile(r"^```(.*)$\n([\s\S]*?)^```$", re.MULTILINE)
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: `info` stands after its fence, `line` (from 1) is that of the fence."""

    page: Path
    line: int
    info: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Return the page's fenced blocks in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2])
        for found in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """Return the page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def code(text: str) -> list[str]:
    """Return what a text sets as code."""
    return _CODE.findall(text)


def words(text: str) -> set[str]:
    """Return the words, in letters, digits and _, of what a text sets as code."""
    return {word for found in code(text) for word in re.findall(r"\w+", found)}


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the text's tables, without headings."""
    lines = text.splitlines()
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith("|") and before.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|(?![^`]*`[^`|]*\|)", line.strip().strip("|"))]


def section(page: Path, heading: str) -> str:
    """Return the prose from a heading of the second level to the next."""
    _, found, rest = prose(page).partition(f"\n## {heading}\n")
    assert found, f"{page.name} has no section {heading}"
    return rest.partition("\n## ")[0]
