"""libyaml's complaints in words that name the cure: what YAML does to expressions, colours and globs."""

from slyflow.code import Slug
from slyflow.problem import Problem
from slyflow.syntax import libyaml
from slyflow.syntax.line import cure, indentation, line_start
from slyflow.syntax.source import Source
from slyflow.syntax.spelling import short

# Sets, not regular expressions: to compile one with such ranges takes longer than to read a usual file.
_UNACCEPTABLE = frozenset(
    (*map(chr, range(9)), *map(chr, range(11, 13)), *map(chr, range(14, 32)), *map(chr, range(0x7F, 0xA0)))
) | frozenset("\u2028\u2029\ufeff\ufffe\uffff")
_SURROGATES = range(0xD800, 0xE000)
_QUOTE_EXPRESSION = 'quote the whole value: "${{ … }}"'
_ESCAPES = r'0 a b t n v f r e " / \ N _ L P x u U'
_MESSAGES = (
    ("mapping values are not allowed", "a colon and a space begin a map here, where none can stand"),
    ("did not find expected ',' or '}'", "a comma or `}` is expected here"),
    ("did not find expected ',' or ']'", "a comma or `]` is expected here"),
    ("did not find expected key", "a key is expected here"),
    ("did not find expected '-' indicator", "a list item (`- `) is expected here"),
    ("did not find expected node content", "a value is expected here"),
    ("did not find expected <document start>", "the document has ended, but text goes on here"),
    ("found unexpected end of stream", "the quote is never closed"),
    ("found a tab character", "a tab cannot indent"),
)


def complaint(source: Source, error: libyaml.YAMLError) -> Problem:
    """Return the problem for an error of libyaml's."""
    if isinstance(error, libyaml.MarkedYAMLError) and error.problem_mark:
        said, context, at = error.problem or "", error.context or "", error.problem_mark.index
        if error.context_mark and "expected ':'" in said:
            return _without_colon(source, error.context_mark.index)
        if error.context_mark and _is_left_open(source, said, context, error.context_mark.index, at):
            return _unclosed(source, context, error.context_mark.index)
        return explain(source, said, context, at)
    # The errors without a mark are for characters.
    bad = unacceptable(source)
    return bad or explain(source, str(error), "", 0)


def _is_left_open(source: Source, said: str, context: str, opening: int, at: int) -> bool:
    """Say whether a quote or a bracket is never closed: its file ends, or a line begins outside of it."""
    if "end of stream" in said:
        return True
    begin = line_start(source.text, at)
    if "flow" not in context or begin <= opening:
        return False
    outer = source.text[line_start(source.text, opening) : opening]
    inner = source.text[begin:at]
    return len(inner) - len(inner.lstrip(" ")) <= len(outer) - len(outer.lstrip(" "))


def _unclosed(source: Source, context: str, opening: int) -> Problem:
    sign = source.text[opening : opening + 1]
    line = source.text[line_start(source.text, opening) : source.line_end(opening)]
    if (expression := _open_expression(line)) is not None and "flow" in context:
        return explain(source, "", context, line_start(source.text, opening) + expression)
    what = "the quote" if "scalar" in context else f"this `{sign}`"
    pair = {"[": "]", "{": "}"}.get(sign, sign)
    hint = f"close it by {pair}" + ("" if pair == sign else f", or quote the text if {sign} is part of it")
    return source.problem(opening, opening + 1, f"{what} is never closed", "yaml-syntax", hint=hint)


def _without_colon(source: Source, start: int) -> Problem:
    """Return the problem of a line that would be a key if it had a colon."""
    end = source.line_end(start)
    if foreign := _foreign(source.text[line_start(source.text, start) : end]):
        return source.problem(start, end, foreign[0], "yaml-syntax", hint=foreign[1])
    hint = indentation(source.text, line_start(source.text, start))
    hint = hint or "write a colon behind it if it is a key; a text that goes on must be indented further"
    return source.problem(
        start, end, "this is neither a key nor part of the text above", "yaml-syntax", hint=hint
    )


def cause(error: libyaml.YAMLError) -> int | None:
    """Return where what an error of libyaml's is about begins, None where it does not say.

    For what is never closed that is its opening: libyaml notices long after it.
    """
    at = getattr(error, "problem_mark", None)
    opening = getattr(error, "context_mark", None)
    is_open = any(word in (getattr(error, "context", None) or "") for word in ("flow", "quoted"))
    is_open = is_open or "expected ':'" in (getattr(error, "problem", None) or "")
    found = opening if is_open and opening else at
    return None if found is None else int(found.index)


def explain(source: Source, said: str, context: str, index: int) -> Problem:
    """Return the problem for a syntax error at offset `index`; `said` and `context` are libyaml's words."""
    start = min(index, len(source.text))
    begin = line_start(source.text, start)
    line = source.text[begin : source.line_end(start)]
    above = line_start(source.text, max(begin - 1, 0))
    for first in (begin, above):
        if foreign := _foreign(source.text[first : source.line_end(first)]):
            return source.problem(first, source.line_end(first), foreign[0], "yaml-syntax", hint=foreign[1])
    expression = _open_expression(line)
    if expression is not None and begin + expression <= start:
        place = begin + expression
        message = "an expression must be quoted here: to YAML its braces and colons are maps"
        return source.problem(place, max(place + 3, start), message, "yaml-syntax", hint=_QUOTE_EXPRESSION)
    slug: Slug = (
        "tab" if source.text.startswith("\t", start) and not line[: start - begin].strip() else "yaml-syntax"
    )
    message, hint = _words(said, context, source.text, start)
    return source.problem(start, start + 1, message, slug, hint=hint)


def _foreign(line: str) -> tuple[str, str] | None:
    """Return what is said of a line that comes from another language."""
    if line.startswith(("<<<<<<<", "=======", ">>>>>>>")):
        return (
            "git left a conflict here",
            "choose one side, and remove the lines with <<<<<<<, ======= and >>>>>>>",
        )
    if line.lstrip().startswith("```"):
        return "this line is Markdown, not YAML", "remove the lines with ```"
    if line.lstrip().startswith(("//", "/*")):
        return "this is no comment to YAML", "begin a comment by #"
    return None


def _words(said: str, context: str, text: str, at: int) -> tuple[str, str | None]:
    """Return message and hint for an error at an offset."""
    character = text[at : at + 1]
    if "found unknown escape character" in said:
        hint = f"double the backslash, or use single quotes, which know no escapes (known: {_ESCAPES})"
        return f"{text[at : at + 2]} is no escape of a double-quoted text", hint
    if "invalid Unicode character escape" in said:
        return "this escape is not a Unicode character", "lone surrogates cannot be written"
    if "cannot start any token" in said:
        return _bad_start(character)
    if "scanning an alias" in context or "scanning an anchor" in context:
        return f"{text[at - 1 : at]} begins an alias or an anchor, and no name follows", "quote the value"
    message = next((message for words, message in _MESSAGES if words in said), f"not YAML: {said}")
    return message, cure(text, at, said)


def _bad_start(character: str) -> tuple[str, str | None]:
    if character == "\t":
        return "a tab cannot indent", "indent by spaces"
    return f"the character {character} cannot begin a value", "quote the value"


def _open_expression(line: str) -> int | None:
    """Return where a `${{` stands in the line outside quotes."""
    quote = ""
    for place, character in enumerate(line):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
        elif line.startswith("${{", place):
            return place
    return None


def tag_cure(raw: str, tag: str) -> str:
    """Return what to do about a tag; `raw` is the tagged scalar as written."""
    if tag.startswith("!") and not tag.startswith("!!") and len(raw.split()) <= 1:
        return f'quote it; if it is a condition: "${{{{ {raw.strip() or tag} }}}}"'
    return "remove the tag; quote the value if it is text"


def tag_problem(source: Source, start: int, end: int, tag: str, *, is_scalar: bool) -> Problem:
    """Return the problem of a tag, on the scalar or the collection between two offsets."""
    message = f"YAML tags are not read: {short(tag.replace('tag:yaml.org,2002:', '!!'))}"
    cure = tag_cure(source.text[start:end] if is_scalar else "", tag)
    return source.problem(start, end, message, "tag", hint=cure)


def unacceptable(source: Source) -> Problem | None:
    """Return the problem for the first character that cannot stand in YAML anywhere, None without one.

    Among them are the line breaks that only some YAML parsers take for such.
    """
    bad = {character for character in set(source.text) if _is_unacceptable(character)}
    if not bad:
        return None
    start = min(map(source.text.index, bad))
    name = f"U+{ord(source.text[start]):04X}"
    hint = f"inside double quotes it can be written as \\u{ord(source.text[start]):04x}"
    return source.problem(start, start + 1, f"{name} cannot stand in YAML", "bad-character", hint=hint)


def _is_unacceptable(character: str) -> bool:
    return character in _UNACCEPTABLE or ord(character) in _SURROGATES
