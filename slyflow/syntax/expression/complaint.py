"""The CEL library's complaints in the words of the pipeline language."""

import re
from collections.abc import Callable, Sequence

from slyflow.record import record
from slyflow.syntax.expression.celtype import describe
from slyflow.syntax.expression.function import FUNCTIONS
from slyflow.text import plural, suggest

# Functions of CEL's standard library and of the extensions that are on, for suggestions only.
_STANDARD = frozenset(
    re.findall(
        r"\w+",
        """
        all bind bool bytes ceil charAt contains double duration dyn endsWith exists exists_one filter
        floor format greatest has hasValue indexOf int isFinite isInf isNaN join lastIndexOf least
        lowerAscii map matches none of ofNonZeroValue optFlatMap optMap or orValue quote replace reverse
        round sign size split sqrt startsWith string substring timestamp trim trunc type uint
        upperAscii value
        """,
    )
)
_NAMESPACES = frozenset({"cel", "math", "optional"})
_WORDS = {"and": "&&", "or": "||", "not": "!"}
# Functions of other languages, and what they are called here.
_ELSEWHERE = {
    "len": "size",
    "length": "size",
    "count": "size",
    "str": "string",
    "float": "double",
    "number": "double",
    "lower": "lowerAscii",
    "upper": "upperAscii",
    "includes": "contains",
    "toJSON": "json",
    "toJson": "json",
    "coalesce": "default",
}
_OF_GITHUB = frozenset({"always", "success", "failure", "cancelled"})
_COMPARED = frozenset({"==", "!=", "<", "<=", ">", ">="})


@record(frozen=True)
class Complaint:
    """A message and the remedy; the place is `back` characters before where the library points."""

    message: str
    hint: str | None = None
    back: int = 0
    suggestion: str | None = None


def is_echo(message: str) -> bool:
    """Whether a message only repeats what another one about the same expression says."""
    undeclared = re.search(r"undeclared reference to '([^']*)'", message)
    return "*error*" in message or (undeclared is not None and undeclared[1] in _NAMESPACES)


def translate(message: str) -> Complaint:
    """Return what a message of the library means."""
    for pattern, say in _RULES:
        match = pattern.search(message)
        if match:
            return say(match)
    return Complaint(message)


def _no_overload(match: re.Match[str]) -> Complaint:
    name, types = match[1], [describe(one) for one in _split(match[2])]
    operator = name.replace("@", "").strip("_").replace("_", " ")
    if name == "_?_:_":
        return _ternary(types)
    if not re.search(r"[A-Za-z]", name) or name == "@in":
        return _operator("in" if name == "@in" else operator, types)
    return Complaint(f"{name}() does not take {', '.join(types)}", back=len(name))


def _operator(operator: str, types: Sequence[str]) -> Complaint:
    if operator in _COMPARED and len(types) == 2:
        return Complaint(f"cannot compare {types[0]} with {types[1]}", _conversion(types))
    if operator in ("[]", "[ ]"):
        return Complaint(f"{types[0]} cannot be indexed by {types[-1]}")
    if len(types) == 1:
        return Complaint(f"{operator} does not take {types[0]}")
    return Complaint(
        f"{operator} does not take {types[0]} and {types[1]}", _conversion(types) if operator == "+" else None
    )


def _conversion(types: Sequence[str]) -> str | None:
    kinds = set(types)
    if "a string" in kinds and kinds & {"an integer", "a number", "a boolean"}:
        return "write string(…), int(…) or double(…) around one of them"
    if "null" in kinds:
        return "write default(value, other) where a value may be null"
    return None


def _ternary(types: Sequence[str]) -> Complaint:
    if types[0] not in ("a boolean", "any value"):
        return Complaint(f"the condition before ? is {types[0]}, expected a boolean")
    return Complaint(f"the two results of ? : have different types: {types[1]} and {types[2]}")


def _split(types: str) -> list[str]:
    """Split `int, map(string, dyn)` at its outer commas."""
    parts, depth = [""], 0
    for character in types:
        depth += {"(": 1, "<": 1, ")": -1, ">": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _undeclared(match: re.Match[str]) -> Complaint:
    name = match[1]
    own = next((function for function in FUNCTIONS if function.name == name), None)
    if own is not None:
        counts = " or ".join(str(count) for count in own.arities)
        noun = "argument" if counts == "1" else "arguments"
        return Complaint(f"{name}() takes {counts} {noun}", back=len(name))
    if name in _STANDARD:
        return Complaint(f"{name}() is not called like this", back=len(name))
    if name in _OF_GITHUB:
        hint = "write `when: always`, `when: failure` or `when: no_failure` in the step instead"
        return Complaint(f'unknown function "{name}"', hint, back=len(name))
    if name in _ELSEWHERE:
        return Complaint(f'unknown function "{name}"', back=len(name), suggestion=_ELSEWHERE[name])
    known = _STANDARD | {function.name for function in FUNCTIONS}
    return Complaint(f'unknown function "{name}"', back=len(name), suggestion=suggest(name, known))


def _select(match: re.Match[str]) -> Complaint:
    return Complaint(f"{describe(match[1])} has no fields")


def habit(source: str) -> str | None:
    """Return what to do about a source that cannot be read, if it is written as in another language."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", source)
    if re.search(r"\bif\b.*\belse\b", bare):
        return "write a choice as condition ? one : other"
    if word := re.search(r"\b(not|and|or)\b", bare):
        return f"write {_WORDS[word[1]]} for {word[1]}"
    return "a choice is condition ? one : other" if "?" in bare and ":" not in bare else None


def _unexpected(match: re.Match[str]) -> Complaint:
    word = match[1]
    if word == "<EOF>":
        return Complaint("the expression ends too early")
    hint = f"write {_WORDS[word]} for {word}" if word in _WORDS else None
    return Complaint(f'syntax error: unexpected "{word}"', hint)


def _unrecognised(match: re.Match[str]) -> Complaint:
    text = match[1].strip()
    if text[:1] in "\"'":
        return Complaint("the string is not closed")
    cures = {
        "=": "write == to compare",
        "&": "write && for and",
        "|": "write || for or",
        "$": "an expression stands inside another: remove the inner ${{ }}",
        **dict.fromkeys("\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb", "write straight quotes: '…'"),
    }
    return Complaint(f'syntax error: unexpected "{text[:20]}"', cures.get(text[:1]))


def _missing(match: re.Match[str]) -> Complaint:
    where = "at its end" if match[2] == "<EOF>" else f'before "{match[2]}"'
    return Complaint(f'syntax error: "{match[1]}" is missing {where}')


def _has(_: re.Match[str]) -> Complaint:
    return Complaint(
        "has() asks for a field inside a map, and a declared name is always there",
        "compare with null, or write default(value, other)",
    )


def _deep(_: re.Match[str]) -> Complaint:
    return Complaint("the expression is nested more than 32 deep, or chains too many operators")


def _number(match: re.Match[str]) -> Complaint:
    return Complaint(f"the list has {plural(int(match[2]), 'element')}, there is none at index {match[1]}")


_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Complaint]], ...] = (
    (re.compile(r"no matching overload for '([^']*)' applied to '\((.*)\)'"), _no_overload),
    (re.compile(r"No matching overloads found : ([^(]+)\((.*)\)"), _no_overload),
    (re.compile(r"undeclared reference to '([^']*)'"), _undeclared),
    (re.compile(r"expression of type '(.*)' cannot be the operand of a select"), _select),
    (re.compile(r"token recognition error at: '(.*)'", re.DOTALL), _unrecognised),
    (re.compile(r"(?:mismatched|extraneous) input '(.*?)' expecting"), _unexpected),
    (re.compile(r"no viable alternative at input '(?:.*\s)?(.*)'", re.DOTALL), _unexpected),
    (re.compile(r"missing '(.*?)' at '(.*?)'"), _missing),
    (re.compile(r"has\(\) argument|argument to has\(\)"), _has),
    (re.compile(r"recursion (?:depth|limit)"), _deep),
    (re.compile(r"Index error: index=(-?\d+) size=(\d+)"), _number),
)
