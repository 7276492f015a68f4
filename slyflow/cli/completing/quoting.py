"""The words of a line that a person types in bash, as far as the cursor, and offers quoted for that line."""

from collections.abc import Iterator, Sequence

from slyflow.cli.completing.offer import Offer
from slyflow.record import record

_BLANK = " \t\n"
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")


@record(frozen=True)
class Typed:
    """One word: what it means, what was typed, and the quote that is still open at its end."""

    meant: str
    raw: str
    quote: str = ""


def split(line: str) -> list[Typed]:
    """Return the words; the last is the one at the cursor, empty after a blank."""
    words: list[Typed] = []
    place = 0
    while place < len(line):
        if line[place] in _BLANK:
            place += 1
            continue
        word = _word(line, place)
        words.append(word)
        place += len(word.raw)
    if not words or (line[-1] in _BLANK and not words[-1].quote and not line.endswith(words[-1].raw)):
        words.append(Typed("", ""))
    return words


def _word(line: str, start: int) -> Typed:
    meant, quote, place = "", "", start
    while place < len(line) and (quote or line[place] not in _BLANK):
        letter = line[place]
        escapes = letter == "\\" and quote != "'"
        if escapes and place + 1 < len(line):
            place += 1
            # Between double quotes a backslash stays, except before what it could mean something for.
            meant += line[place] if not quote or line[place] in '"\\$`' else letter + line[place]
        elif letter == quote:
            quote = ""
        elif letter in "'\"" and not quote:
            quote = letter
        elif not escapes:
            meant += letter
        place += 1
    return Typed(meant, line[start:place], quote)


def for_bash(offers: Sequence[Offer], typed: Typed, breaks: str) -> Iterator[str]:
    """Yield what bash shall put in place of the end of the typed word, which `breaks` begin anew for it.

    A finished word ends in a space: bash is told never to add one.
    """
    kept = _kept(typed, breaks)
    for offer in offers:
        word = _quoted(offer.word, typed.quote)
        if kept and not word.startswith(kept):
            continue  # typed in other quotes than ours: bash would put the word behind it
        end = "" if offer.is_open or typed.quote else " "
        yield word[len(kept) :] + end


def _kept(typed: Typed, breaks: str) -> str:
    """Return the beginning of the word that bash leaves as it is."""
    last, place = 0, 0
    opening = typed.raw.rfind(typed.quote) if typed.quote else len(typed.raw)
    while place < opening:
        if typed.raw[place] == "\\":
            place += 1
        elif typed.raw[place] in breaks:
            last = place + 1
        place += 1
    return typed.raw[:last]


def _quoted(word: str, quote: str) -> str:
    match quote:
        case "'":
            return word.replace("'", "'\\''")
        case '"':
            return "".join(f"\\{letter}" if letter in '"\\$`' else letter for letter in word)
        case _:
            home = "~" if word.startswith("~/") else ""
            rest = word.removeprefix(home)
            return home + "".join(
                letter if letter in _SAFE or not letter.isascii() else f"\\{letter}" for letter in rest
            )
