"""The codes of problems: the one table of what can be wrong with a pipeline file.

A number once given never changes its meaning and is never used again. The hundreds are: 0 the file and its
YAML, 1 keys and values, 2 expressions, 3 the order of steps, 4 apps and what an instance knows, 5 opinions.
"""

from functools import cache
from typing import TYPE_CHECKING, Literal

from slyflow.record import record

Severity = Literal["error", "warning", "note"]

_TABLE: "dict[Slug, tuple[int, Severity, str]]" = {
    "unreadable": (1, "error", "the file cannot be read"),
    "too-large": (2, "error", "something is larger than allowed"),
    "encoding": (3, "error", "the file is not UTF-8"),
    "byte-order-mark": (4, "error", "the file begins with a byte order mark"),
    "bad-character": (5, "error", "a character cannot stand in YAML"),
    "invisible-character": (6, "warning", "a text holds an invisible character"),
    "empty-file": (7, "error", "the file is empty"),
    "yaml-syntax": (8, "error", "the text is not YAML"),
    "tab": (9, "error", "a tab indents a line"),
    "several-documents": (10, "error", "the file has more than one YAML document"),
    "directive": (11, "error", "the file has a YAML directive"),
    "tag": (12, "error", "a value has a YAML tag"),
    "key-not-text": (13, "error", "a key is not text"),
    "duplicate-key": (14, "error", "a key or a step stands twice"),
    "misspelt-key": (15, "error", "a key has characters that deceive the eye"),
    "merge-key": (16, "error", "a map has a merge key"),
    "unknown-anchor": (17, "error", "an alias has no anchor before it"),
    "recursive-alias": (18, "error", "an alias stands inside its own anchor"),
    "too-deep": (19, "error", "the file nests too deep"),
    "bad-number": (20, "error", "a number cannot be used"),
    "unused-ignore": (21, "warning", "a comment ignores a problem that is not there"),
    "bad-ignore": (22, "error", "a comment cannot ignore what it says"),
    "newer-version": (101, "error", "the pipeline needs a newer slyflow"),
    "unknown-key": (102, "error", "a key is not known"),
    "missing-key": (103, "error", "a key is missing"),
    "wrong-value": (104, "error", "a value is not what its key takes"),
    "empty-value": (105, "error", "a key has no value"),
    "one-of": (106, "error", "none, or more than one, of the keys that exclude each other is given"),
    "missing-partner": (107, "error", "a key is given without the one that belongs to it"),
    "misplaced-key": (108, "error", "a key does not go with the others beside it"),
    "bad-name": (109, "error", "a name has characters that names cannot have"),
    "reserved-name": (110, "error", "a name is taken by slyflow itself"),
    "not-supported-yet": (111, "error", "a part of the language that this slyflow does not run yet"),
    "no-expression-here": (112, "error", "an expression stands where the value is fixed before a run"),
    "bad-pattern": (113, "error", "a regular expression cannot be used"),
    "bad-include": (114, "error", "an included file cannot be taken"),
    "unknown-icon": (115, "error", "there is no such icon"),
    "card-not-allowed": (116, "error", "an edge of this kind has no card"),
    "expression-syntax": (201, "error", "an expression cannot be read"),
    "expression-type": (202, "error", "an expression has, or gives, the wrong type"),
    "unknown-name": (203, "error", "an expression names what does not exist"),
    "name-not-here": (204, "error", "an expression names what is not known at its place"),
    "undeclared-output": (205, "error", "a step does not declare the output that is read"),
    "null-output": (206, "error", "an output is handed on that may be null"),
    "secret-shown": (207, "warning", "a secret is shown to the whole team"),
    "not-an-expression": (208, "warning", "a text looks like an expression and is none"),
    "wrong-kind": (209, "error", "an output is of another kind than its place takes"),
    "unknown-step": (301, "error", "there is no such step"),
    "self-reference": (302, "error", "a step needs itself"),
    "step-not-before": (303, "error", "a step that is needed does not run before"),
    "cycle": (304, "error", "steps need each other in a circle"),
    "unknown-app": (401, "error", "the instance does not have the app"),
    "unknown-workspace": (402, "error", "the instance does not have the workspace"),
    "unknown-agent": (403, "error", "the instance does not have the agent"),
    "unknown-user": (404, "error", "the team does not have the user"),
    "no-target": (405, "warning", "an app that is launched on a target gets none"),
    "target-not-declared": (406, "error", "an app does not take the target"),
    "targets-unknown": (407, "warning", "an app does not say which targets it takes"),
    "target-twice": (408, "error", "two values for one key of an app's state"),
    "argument-not-declared": (409, "warning", "an app declares no such argument"),
    "argument-type": (410, "warning", "an argument is of another type than its default"),
    "input-is-argument": (411, "warning", "an input has the name of an argument"),
    "waits-for-click": (412, "warning", "an app would wait for a click"),
    "instance-too-old": (413, "error", "the instance is older than an app needs"),
    "destructive-default": (414, "warning", "a default destroys something, and the step does not mention it"),
    "not-locked": (415, "error", "the pipeline's lock does not have the app"),
    "lock-incomplete": (416, "warning", "the lock is of other pipelines, and does not have the app"),
    "lock-changed": (417, "error", "the instance does not have the app that was locked"),
    "unpinned-app": (418, "warning", "nothing says which version of an app is launched"),
    "lock-damaged": (419, "error", "the lock cannot be read"),
    "lock-newer": (420, "error", "the lock needs a newer slyflow"),
    "bad-app-folder": (421, "error", "a folder has no app in it"),
    "lock-doubtful": (422, "warning", "a change of the lock is not told by any release"),
    "unused-param": (501, "warning", "nothing reads a param"),
    "unused-secret": (502, "warning", "nothing reads a secret"),
    "unused-output": (503, "warning", "nothing reads an output that serves nothing else"),
    "never-runs": (504, "warning", "a step never runs"),
    "missing-output": (505, "warning", "an output is handed on where it may be missing"),
    "literal-id": (506, "warning", "an id stands where a name would do"),
}

# Opinions that are asked for, by `validate --pedantic`.
_PEDANTIC = frozenset(("literal-id",))
# Errors that are a judgement, of which a person may know better; with the others a file says nothing certain.
_FORGIVABLE = frozenset(
    ("expression-type", "instance-too-old", "null-output", "target-not-declared", "wrong-kind")
)
_ABOUT_COMMENTS = frozenset(("unused-ignore", "bad-ignore"))

if TYPE_CHECKING:
    # For type checkers, which then refuse a word that is not in the table; a test holds the two together.
    Slug = Literal[
        "argument-not-declared",
        "argument-type",
        "bad-app-folder",
        "bad-character",
        "bad-ignore",
        "bad-include",
        "bad-name",
        "bad-number",
        "bad-pattern",
        "byte-order-mark",
        "card-not-allowed",
        "cycle",
        "destructive-default",
        "directive",
        "duplicate-key",
        "empty-file",
        "empty-value",
        "encoding",
        "expression-syntax",
        "expression-type",
        "input-is-argument",
        "instance-too-old",
        "invisible-character",
        "key-not-text",
        "literal-id",
        "lock-changed",
        "lock-damaged",
        "lock-doubtful",
        "lock-incomplete",
        "lock-newer",
        "merge-key",
        "misplaced-key",
        "missing-key",
        "missing-output",
        "missing-partner",
        "misspelt-key",
        "name-not-here",
        "never-runs",
        "newer-version",
        "no-expression-here",
        "no-target",
        "not-an-expression",
        "not-locked",
        "not-supported-yet",
        "null-output",
        "one-of",
        "recursive-alias",
        "reserved-name",
        "secret-shown",
        "self-reference",
        "several-documents",
        "step-not-before",
        "tab",
        "tag",
        "target-not-declared",
        "target-twice",
        "targets-unknown",
        "too-deep",
        "too-large",
        "undeclared-output",
        "unknown-agent",
        "unknown-anchor",
        "unknown-app",
        "unknown-icon",
        "unknown-key",
        "unknown-name",
        "unknown-step",
        "unknown-user",
        "unknown-workspace",
        "unpinned-app",
        "unreadable",
        "unused-ignore",
        "unused-output",
        "unused-param",
        "unused-secret",
        "waits-for-click",
        "wrong-kind",
        "wrong-value",
        "yaml-syntax",
    ]
else:
    Slug = str


@record(frozen=True)
class Code:
    """One kind of problem: `id` is for programs (`SLY014`), `slug` for people (`duplicate-key`)."""

    id: str
    slug: Slug
    severity: Severity
    title: str

    @property
    def is_forgivable(self) -> bool:
        """Whether a comment in the file may ignore the problem."""
        if self.slug in _ABOUT_COMMENTS:
            return False
        return self.severity != "error" or self.slug in _FORGIVABLE

    @property
    def is_of_apps(self) -> bool:
        """Whether it is found only with what is known of the apps."""
        return self.id.startswith("SLY4")

    @property
    def is_opinion(self) -> bool:
        """Whether it is found only where opinions are asked for."""
        return self.id.startswith("SLY5")

    @property
    def is_pedantic(self) -> bool:
        """Whether it is an opinion that most can do without."""
        return self.slug in _PEDANTIC


def severity(slug: Slug) -> Severity:
    """Return how bad a problem of this slug is; KeyError when it stands for nothing."""
    return _TABLE[slug][1]


def code(slug: Slug) -> Code:
    """Return what a slug stands for; KeyError when it stands for nothing."""
    number, severity, title = _TABLE[slug]
    return Code(f"SLY{number:03d}", slug, severity, title)


def codes() -> list[Code]:
    """Return every code there is, by number."""
    return sorted(map(code, _TABLE), key=lambda one: one.id)


def find(word: str) -> Code | None:
    """Return the code that a person names by its id, in either case, or its slug; None when there is none."""
    slug = _by_number().get(word.upper(), word)
    return code(slug) if slug in _TABLE else None


@cache
def _by_number() -> dict[str, "Slug"]:
    return {one.id: one.slug for one in codes()}
