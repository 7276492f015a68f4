"""What a schema check found wrong, and the sentences that say it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, assert_never

from slyflow.code import Slug
from slyflow.problem import Problem
from slyflow.syntax.node import Broken, Map, Node, Scalar, Sequential
from slyflow.syntax.source import Source
from slyflow.text import suggest

KeyRule = Literal["unknown", "later", "partner", "only_with", "misplaced", "name"]
Rule = Literal["expected", "missing", "one_of"] | KeyRule
_CODES: Mapping[Rule, Slug] = {
    "expected": "wrong-value",
    "unknown": "unknown-key",
    "missing": "missing-key",
    "later": "not-supported-yet",
    "partner": "missing-partner",
    "only_with": "misplaced-key",
    "one_of": "one-of",
    "misplaced": "misplaced-key",
    "name": "bad-name",
}
_SHOWN = 30
_FEW = 12


class Finding:
    """One thing wrong at a node, `path` from the checked root to the thing the sentence is about.

    `words` are, by rule: expected, the alternatives; unknown, the known keys; missing and partner, the
    keys that are needed; one_of, the keys of which one must be there; misplaced, the key it goes not with.
    `choices` are the words that would have been right, for a suggestion; `texts` the patterns of text
    that would have been.
    """

    __slots__ = ("choices", "node", "path", "rule", "texts", "words")

    def __init__(self, rule: Rule, node: Node, words: Sequence[str], key: str | int | None = None) -> None:
        self.rule = rule
        self.node = node
        self.words = words
        self.choices: Sequence[str] = ()
        self.texts: Sequence[str] = ()
        # Innermost first; `full_path` turns it round.
        self.path: list[str | int] = [] if key is None else [key]

    @property
    def full_path(self) -> tuple[str | int, ...]:
        return tuple(reversed(self.path))


Place = Callable[[Sequence[str | int]], str]
"""Names the thing at a path: `the pipeline`, `step "train"`, `"retry.max" of step "train"`."""


def to_problems(findings: Iterable[Finding], source: Source, name: Place) -> list[Problem]:
    """Return a placed problem for each finding."""
    return [_problem(finding, source, name) for finding in findings]


def sentence(finding: Finding, source: Source, name: Place) -> tuple[str, str | None]:
    """Return what is wrong, and the remedy if one is known."""
    path, words = finding.full_path, finding.words
    match finding.rule:
        case "expected":
            return _expected(finding, source, name)
        case "missing":
            return f"{name(path)} needs {_quoted(words, 'and')}", None
        case "one_of":
            found = [word for word in words if isinstance(finding.node, Map) and word in finding.node.values]
            tail = f", it has {_quoted(found, 'and')}" if found else ""
            return f"{name(path)} needs exactly one of {_quoted(words, 'or')}{tail}", None
        case _:
            return _about_key(finding.rule, str(path[-1]), words, name(path[:-1]))


def _about_key(rule: KeyRule, key: str, words: Sequence[str], holder: str) -> tuple[str, str | None]:
    subject = f'"{key}" in {holder}'
    match rule:
        case "unknown":
            hint = f"known here: {', '.join(sorted(words))}" if len(words) <= _FEW else None
            return f'unknown key "{key}" in {holder}', hint
        case "later":
            return f"{subject} is not supported yet", "it belongs to a later version of slyflow"
        case "partner":
            return f"{subject} needs {_quoted(words, 'and')} beside it", "give all of them, or none"
        case "only_with":
            return f"{subject} goes only with {_quoted(words, 'and')}", None
        case "misplaced":
            return f'{subject} does not go with "{words[0]}"', None
        case "name":
            return f"{subject} must be {_listed(words, 'or')}", None
        case _:
            assert_never(rule)


def _problem(finding: Finding, source: Source, name: Place) -> Problem:
    message, hint = sentence(finding, source, name)
    slug: Slug = "empty-value" if _is_empty(finding) else _CODES[finding.rule]
    start, end = _stretch(finding.node, source)
    return source.problem(start, end, message, slug, hint=hint, suggestion=_suggestion(finding))


def _suggestion(finding: Finding) -> str | None:
    """Return the key or the word that may have been meant."""
    if finding.rule == "unknown":
        return suggest(str(finding.path[0]), finding.words)
    node = finding.node
    if finding.rule == "expected" and type(node) is Scalar and type(node.value) is str:
        return None if node.value in finding.words else suggest(node.value, finding.choices)
    return None


def _stretch(node: Node, source: Source) -> tuple[int, int]:
    """Return what to underline: all of a scalar, the first line of anything longer."""
    if isinstance(node, Scalar | Broken):
        return node.start, max(node.end, node.start)
    return node.start, min(node.end, source.line_end(node.start))


def _is_empty(finding: Finding) -> bool:
    node = finding.node
    return (
        finding.rule == "expected" and type(node) is Scalar and node.value is None and node.start == node.end
    )


def _expected(finding: Finding, source: Source, name: Place) -> tuple[str, str | None]:
    wanted, node = _listed(finding.words, "or"), finding.node
    subject = name(finding.full_path)
    if _is_empty(finding):
        rest = source.text[node.end : source.line_end(node.end)].strip()
        hint = (
            f'# begins a comment: quote it: "{rest}"' if rest.startswith("#") and rest[1:2].strip() else None
        )
        return f"{subject} has no value; expected {wanted}", hint
    return f"{subject} must be {wanted}, not {describe(node, source)}", _remedy(finding, source)


def _remedy(finding: Finding, source: Source) -> str | None:
    node, words = finding.node, finding.words
    if type(node) is not Scalar or node.value is None:
        return None
    raw = source.text[node.start : node.end]
    wants_expression = any("${{" in word for word in words)
    if not isinstance(node.value, str):
        fits = any(re.search(pattern, raw) for pattern in finding.texts)
        return f'quote it: "{raw}"' if fits else None
    if node.value in words:
        return "write it without quotes"
    if suggest(node.value, finding.choices):
        return None
    if wants_expression and "${{" not in node.value:
        return f'write it as an expression: "${{{{ {node.value} }}}}"'
    if not node.style and ":" in raw.rstrip(":") and any(word.startswith("a map") for word in words):
        return "a space is needed after the colon of a key"
    return None


def describe(node: Node, source: Source) -> str:
    """Return what a value is in words: `a list`, `the number 1.10`, `the text "two"`."""
    if type(node) is Map:
        return "a map" if node.keys else "an empty map"
    if type(node) is Sequential:
        return "a list" if node.items else "an empty list"
    if type(node) is not Scalar:
        return "this"
    raw = source.text[node.start : node.end]
    if isinstance(node.value, str):
        return f'the text "{_cut(node.value)}"'
    if node.value is None:
        return "null"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return f"the number {_cut(raw or str(node.value))}"


def _cut(text: str) -> str:
    line = text.replace("\n", " ")
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _quoted(words: Sequence[str], joint: str) -> str:
    return _listed([f'"{word}"' for word in words], joint)


def _listed(words: Sequence[str], joint: str) -> str:
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
