"""How keys may be spelled: no look-alike, invisible or direction-changing characters."""

import re

_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# Joiners (U+200C, U+200D) are part of emoji and of several scripts, so text may have them.
_HIDDEN_IN_TEXT = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_WORD = re.compile(r"[^\W\d_]+")
# Scripts whose letters are easily taken for each other.
_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def misspelt_key(key: str) -> str | None:
    """Return what is wrong with the characters of a key, None when nothing is."""
    if key.isascii():
        return None
    if found := _HIDDEN.search(key):
        return f"an invisible character, U+{ord(found[0]):04X}, stands in this key"
    import unicodedata  # rare: most files have ASCII keys

    if not unicodedata.is_normalized("NFC", key):
        return "this key is not in Unicode's composed form (NFC)"
    for word in _WORD.finditer(key):
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
    if text.isascii():
        return None
    found = _HIDDEN_IN_TEXT.search(text)
    return found[0] if found else None
