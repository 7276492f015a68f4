"""What to do about a syntax error, by what stands on its line and on those above."""

_INDENTATION = "check the indentation, and that brackets and quotes above are closed"
_COLON = "quote the text if the colon is part of it, or check the indentation"
_CLOSING = "]}"


def line_start(text: str, offset: int) -> int:
    """Return where the line of an offset begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def cure(text: str, at: int, said: str) -> str | None:
    """Return what to do about an error at an offset, of which libyaml `said` something."""
    start = line_start(text, at)
    before, here = text[start:at], text[at : at + 1]
    if here in _CLOSING and here and "expected" in said:
        return _closing(here, said)
    if before.rstrip().endswith(("'", '"')) and "expected" in said and here not in ":":
        return _after_quote(before, here, text[start : at + 200].partition("\n")[0])
    if here == ":" and before.strip():
        return _colon(text, start, before, said)
    if not before.strip() and here not in ("", *_CLOSING):
        return indentation(text, start) or _INDENTATION
    if "',' or" in said and here not in ("", "\n", "\r"):
        return "put a comma between the two"
    return None


def _closing(here: str, said: str) -> str:
    wanted = "]" if "']'" in said else "}" if "'}'" in said else ""
    if wanted and wanted != here:
        opening = "[" if wanted == "]" else "{"
        return f"close the {opening} by {wanted} first, or remove the {here} if it closes nothing"
    return f"remove the {here}: it closes nothing"


def _after_quote(before: str, here: str, line: str) -> str:
    quote = before.rstrip()[-1]
    if here in "'\"":
        return "put a comma between the two"
    if quote == "'":
        return "the quote before this ends the text: an apostrophe inside single quotes is written twice ('')"
    if "${{" in line:
        return "the quote before this ends the text: inside an expression write texts in single quotes ('…')"
    return 'the quote before this ends the text: a quote inside double quotes is written \\"'


def _colon(text: str, start: int, before: str, said: str) -> str:
    if "',' or" in said:
        return "put a comma before this key, or quote the text if the colon is part of it"
    if " ? " in before:
        return 'write a choice as an expression: "${{ condition ? one : other }}"'
    is_first = ":" not in before
    return (indentation(text, start) if is_first else None) or _COLON


def indentation(text: str, start: int) -> str | None:
    """Return what is wrong with the indentation of the line that begins at `start`, as far as one can see."""
    mine = _spaces(text[start:])
    levels: list[int] = []
    for line in reversed(text[:start].splitlines()[-200:]):
        if line.strip() and not line.lstrip().startswith(("#", "- ")):
            spaces = _spaces(line)
            if not levels or spaces < levels[-1]:
                levels.append(spaces)
    if not levels or mine in levels:
        return None
    above = sorted(level for level in levels if abs(level - mine) <= 2) or levels[:1]
    told = " or ".join(map(str, above))
    return f"the line begins with {mine} spaces, those above with {told}: keys of one map stand in one column"


def _spaces(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
