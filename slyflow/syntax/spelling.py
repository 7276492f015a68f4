"""How keys may be spelled: no look-alike, invisible or direction-changing characters."""

import re

_DIRECTIONS = (*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))
# Joiners (U+200C, U+200D) are part of emoji and of several scripts, so text may have them.
_HIDDEN_IN_TEXT = frozenset(("\u200b", "\u200e", "\u200f", "\ufeff", *_DIRECTIONS))
_HIDDEN = _HIDDEN_IN_TEXT | frozenset(("\u00ad", "\u200c", "\u200d", *map(chr, range(0x2060, 0x2065))))
# Scripts whose letters are easily taken for each other.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


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
