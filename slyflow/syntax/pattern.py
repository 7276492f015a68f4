"""Regular expressions from a user's file, matched in time linear in the text, so that none can hang a check.

The work is done by RE2 inside the CEL library, the same that `matches()` uses in an expression.
"""

from collections.abc import Callable

LONGEST_TEXT = 4_096
"""A string that has a pattern may have this many characters, so that the work stays bounded."""


class PatternError(ValueError):
    """A regular expression that is malformed, or uses what cannot be matched in linear time."""


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a function that says whether a text has the pattern in it; PatternError if it cannot be used."""
    from slyflow.syntax.expression.library import Refused, contains  # loads CEL, which few files need here

    try:
        contains(pattern, "")
    except Refused as refused:
        raise PatternError(
            f"this is no regular expression: {str(refused).removeprefix('invalid regular expression: ')}"
        ) from refused
    return lambda text: contains(pattern, text)
