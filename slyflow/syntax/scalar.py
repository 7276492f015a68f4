"""What a plain scalar means: YAML 1.2's core schema, without the readings that surprise people."""

import re
from functools import lru_cache

# Compiled where they are used: a usual file has none but the plainest numbers.
_INTEGER = r"[-+]?(?:0|[1-9][0-9]*)"
_BASED = r"0x[0-9a-fA-F]+|0o[0-7]+"
_FLOAT = r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
_SPECIAL = r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
WORDS = frozenset(_WORDS)
"""Plain scalars that are null, true or false."""
NUMERIC = frozenset("+-.0123456789")
"""What a plain number begins with."""
LARGEST = 2**63 - 1
SMALLEST = -(2**63)
# No int64 and no finite double needs more digits; int() of thousands of them raises.
_LONGEST = 400


class ScalarError(ValueError):
    """A number that JSON or int64 cannot hold."""


# A large file says the same few numbers over and over.
@lru_cache(maxsize=2**10)
def resolve(text: str) -> bool | int | float | str | None:
    """Return the value of a plain scalar; raise ScalarError for a number that cannot be held.

    `012` and `1_000` stay strings (a leading zero is an id or an octal number, never plainly 12).
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in NUMERIC:
        return text
    if len(text) <= _LONGEST:
        return _number(text)
    if re.fullmatch(_INTEGER, text) or re.fullmatch(_FLOAT, text):
        raise ScalarError(f"a number of {len(text)} characters is too long")
    return text


def _number(text: str) -> int | float | str:
    whole, point, part = text.partition(".")
    if _is_natural(whole) and not point:
        return _in_range(int(text))
    if _is_natural(whole) and part.isdecimal() and part.isascii():
        return float(text)
    return _other_number(text)


def _is_natural(text: str) -> bool:
    return text.isdecimal() and text.isascii() and (text[0] != "0" or text == "0")


def _other_number(text: str) -> int | float | str:
    if not (text[-1].isdigit() or text[-1] == "." or text[:2] in ("0x", "0o") or text[-1] in "fFnN"):
        return text  # a duration, most often
    if re.fullmatch(_INTEGER, text):
        return _in_range(int(text))
    if re.fullmatch(_BASED, text):
        return _in_range(int(text, 0))
    if re.fullmatch(_FLOAT, text):
        number = float(text)
        if number in (float("inf"), float("-inf")):
            raise ScalarError(f"{text} is too large for a number")
        return number
    if re.fullmatch(_SPECIAL, text):
        raise ScalarError(f"{text} is not a number that JSON can hold")
    return text


def _in_range(number: int) -> int:
    if not SMALLEST <= number <= LARGEST:
        raise ScalarError("the number does not fit into 64 bits")
    return number
