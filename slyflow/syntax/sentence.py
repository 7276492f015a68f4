"""The sentences that say what a schema check found, and what to do about it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import assert_never

from slyflow.code import Slug
from slyflow.problem import Problem
from slyflow.syntax import cure
from slyflow.syntax.finding import Finding, KeyRule, Rule
from slyflow.syntax.node import Broken, Map, Node, Scalar, Sequential
from slyflow.syntax.source import Source

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
# Looking for what was meant takes longer than all the rest; nobody reads so many problems.
_MOST_CURED = 200

Place = Callable[[Sequence[str | int]], str]
"""Names the thing at a path: `the pipeline`, `step "train"`, `"retry.max" of step "train"`."""


def to_problems(findings: Iterable[Finding], source: Source, name: Place) -> list[Problem]:
    """Return a placed problem for each finding."""
    listed = list(findings)
    problems = [_problem(finding, source, name) for finding in listed[:_MOST_CURED]]
    return problems + [_problem(finding, source, name, is_brief=True) for finding in listed[_MOST_CURED:]]


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


def _problem(finding: Finding, source: Source, name: Place, *, is_brief: bool = False) -> Problem:
    message, hint = sentence(finding, source, name)
    suggestion = None
    match None if is_brief else finding.rule:
        case "expected" if not _is_empty(finding):
            hint, suggestion = cure.cure(finding, source)
        case "expected":
            hint = cure.lost_value(finding, source)
        case "unknown":
            told, suggestion = cure.unknown_key(finding, finding.words)
            hint = None if suggestion else told or hint
        case "missing" if "slyflow" in finding.words and not finding.path:
            hint = 'a pipeline begins with "slyflow: 1"'
        case "name":
            _, suggestion = cure.name(str(finding.path[0]))
        case _:
            pass
    slug: Slug = "empty-value" if _is_empty(finding) else _CODES[finding.rule]
    start, end = _stretch(finding.node, source)
    return source.problem(start, end, message, slug, hint=hint, suggestion=suggestion)


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
        return f"{subject} has no value; expected {wanted}", None
    return f"{subject} must be {wanted}, not {describe(node, source)}", None


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
