"""Keys of a map: what is wrong with one, beside the others or in its characters."""

import re

from slyflow.problem import Problem, Related
from slyflow.syntax.node import Broken, Map, Scalar
from slyflow.syntax.source import Source

_DIRECTIONS = (*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))
# Joiners (U+200C, U+200D) are part of emoji and of several scripts, so text may have them.
_HIDDEN_IN_TEXT = frozenset(("\u200b", "\u200e", "\u200f", "\ufeff", *_DIRECTIONS))
_HIDDEN = _HIDDEN_IN_TEXT | frozenset(("\u00ad", "\u200c", "\u200d", *map(chr, range(0x2060, 0x2065))))
# Scripts whose letters are easily taken for each other.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def key_problem(source: Source, collection: Map, node: Scalar | Broken) -> Problem | None:
    """Return what is wrong with a key that is about to enter a map, None when nothing is."""
    key = node.value if type(node) is Scalar else None
    start, end = node.start, node.end
    if not isinstance(key, str):
        raw = short(source.text[start:end])
        message, hint = f"a key must be text, this is {raw or 'empty'}", f'quote it: "{raw}"'
        return source.problem(start, end, message, "key-not-text", hint=hint)
    if key in collection.values:
        return _duplicate(source, collection, key, start, end)
    if key == "<<" and type(node) is Scalar and not node.style:
        hint = "write the keys out, or put what steps share under `defaults`"
        return source.problem(start, end, "merge keys (<<) are not read", "merge-key", hint=hint)
    if wrong := misspelt_key(key):
        return source.problem(start, end, wrong, "misspelt-key")
    return None


def _duplicate(source: Source, collection: Map, key: str, start: int, end: int) -> Problem:
    first = collection.key(key)
    place, first_place = source.span(start, end), source.span(first.start, first.end)
    lines = sorted({first_place.line, place.line})
    where = f"lines {lines[0]} and {lines[1]}" if len(lines) > 1 else f"line {lines[0]}"
    message = f'the key "{short(key)}" stands twice, on {where}'
    related = (Related(first_place, "first here"),)
    return Problem(place, message, "duplicate-key", hint="rename or remove one of them", related=related)


def misspelt_key(key: str) -> str | None:
    """Return what is wrong with the characters of a key, None when nothing is."""
    if key.isascii():
        return None
    if hidden := _first(key, _HIDDEN):
        return f"an invisible character, U+{ord(hidden):04X}, stands in this key"
    import unicodedata  # rare: most files have ASCII keys

    if not unicodedata.is_normalized("NFC", key):
        return "this key is not in Unicode's composed form (NFC)"
    for word in re.finditer(r"[^\W\d_]+", key):
        scripts = {name.split(" ")[0]: letter for letter in word[0] if (name := unicodedata.name(letter, ""))}
        mixed = [script for script in _ALIKE if script in scripts]
        if len(mixed) > 1:
            odd = scripts[mixed[1]]
            return (
                f"this key mixes {mixed[0].capitalize()} and {mixed[1].capitalize()} letters: "
                f"U+{ord(odd):04X} is {unicodedata.name(odd)}"
            )
    return None


def hidden_in_text(text: str) -> str | None:
    """Return the first character in a text that hides or turns what a reader sees, None without one."""
    return None if text.isascii() else _first(text, _HIDDEN_IN_TEXT)


def _first(text: str, characters: frozenset[str]) -> str | None:
    return next((character for character in text if character in characters), None)


def short(text: str) -> str:
    """Return a text that is quoted in a message, cut to 40 characters."""
    return text if len(text) <= 40 else text[:39] + "…"
