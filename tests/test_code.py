"""Codes given once never change, and every place that makes a problem uses one of them."""

import ast
import re
from pathlib import Path

import slyflow
from slyflow.code import code, codes, find

PACKAGE = Path(slyflow.__file__).parent
# What was given away. Lines may be added; none may change or go, as people's `ignore` comments, filters of
# code scanning and links point at them.
GIVEN = """
SLY001 unreadable
SLY002 too-large
SLY003 encoding
SLY004 byte-order-mark
SLY005 bad-character
SLY006 invisible-character
SLY007 empty-file
SLY008 yaml-syntax
SLY009 tab
SLY010 several-documents
SLY011 directive
SLY012 tag
SLY013 key-not-text
SLY014 duplicate-key
SLY015 misspelt-key
SLY016 merge-key
SLY017 unknown-anchor
SLY018 recursive-alias
SLY019 too-deep
SLY020 bad-number
SLY021 unused-ignore
SLY022 bad-ignore
SLY101 newer-version
SLY102 unknown-key
SLY103 missing-key
SLY104 wrong-value
SLY105 empty-value
SLY106 one-of
SLY107 missing-partner
SLY108 misplaced-key
SLY109 bad-name
SLY110 reserved-name
SLY111 not-supported-yet
SLY112 no-expression-here
SLY113 bad-pattern
SLY114 bad-include
SLY115 unknown-icon
SLY116 card-not-allowed
SLY201 expression-syntax
SLY202 expression-type
SLY203 unknown-name
SLY204 name-not-here
SLY205 undeclared-output
SLY206 null-output
SLY207 secret-shown
SLY208 not-an-expression
SLY209 wrong-kind
SLY301 unknown-step
SLY302 self-reference
SLY303 step-not-before
SLY304 cycle
SLY401 unknown-app
SLY402 unknown-workspace
SLY403 unknown-agent
SLY404 unknown-user
SLY405 no-target
SLY406 target-not-declared
SLY407 targets-unknown
SLY408 target-twice
SLY409 argument-not-declared
SLY410 argument-type
SLY411 input-is-argument
SLY412 waits-for-click
SLY413 instance-too-old
SLY414 destructive-default
SLY415 not-locked
SLY416 lock-incomplete
SLY417 lock-changed
SLY418 unpinned-app
SLY419 lock-damaged
SLY420 lock-newer
SLY421 bad-app-folder
SLY422 lock-doubtful
SLY501 unused-param
SLY502 unused-secret
SLY503 unused-output
SLY504 never-runs
SLY505 missing-output
SLY506 literal-id
"""


def test_codes_given_once_never_change() -> None:
    given = dict(line.split() for line in GIVEN.strip().splitlines())
    assert {one.id: one.slug for one in codes()} == given


def test_numbers_and_titles_are_given_once() -> None:
    assert len({one.id for one in codes()}) == len(codes())
    assert len({one.title for one in codes()}) == len(codes())


def test_type_checkers_know_just_the_slugs_of_the_table() -> None:
    tree = ast.parse((PACKAGE / "code.py").read_text())
    (literal,) = (
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Subscript)
        and "Slug" in ast.unparse(node.targets[0])
    )
    slugs = [str(ast.literal_eval(one)) for one in literal.slice.elts]  # type: ignore[attr-defined]  # Literal[…] of several
    assert slugs == sorted(one.slug for one in codes())


def test_every_code_is_used_somewhere() -> None:
    text = "".join(path.read_text() for path in PACKAGE.rglob("*.py") if path.name != "code.py")
    assert [one.slug for one in codes() if not re.search(f'"{one.slug}"', text)] == []


def test_a_code_is_found_by_id_in_either_case_and_by_slug() -> None:
    assert find("SLY014") == find("sly014") == find("duplicate-key") == code("duplicate-key")
    assert find("SLY999") is None
    assert find("") is None
