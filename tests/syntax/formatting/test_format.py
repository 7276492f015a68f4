"""The canonical form: what it looks like, and that nothing but the look changes.

`tests/cases/fmt` holds texts beside their canonical form; `SLYFLOW_UPDATE_CASES=1` writes the latter anew.
"""

import os
from pathlib import Path
from random import Random
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slyflow.problem import has_errors
from slyflow.syntax.document import read
from slyflow.syntax.formatting import format_source
from slyflow.syntax.formatting.tree import Written
from slyflow.syntax.source import Source
from tests.docs.markdown import ROOT, blocks
from tests.fuzz.grammar import Maker
from tests.fuzz.mutation import corpus, mutated
from tests.syntax.pipelines import EVERYTHING

CASES = sorted((ROOT / "tests" / "cases" / "fmt").glob("*.yaml"))
UPDATE = bool(os.environ.get("SLYFLOW_UPDATE_CASES"))
RICH = [EVERYTHING, *(path.read_text(encoding="utf-8") for path in CASES)]


def formatted(text: str) -> str | None:
    return format_source(Source("p.yaml", text)).text


def keeps_its_promises(text: str) -> bool:
    """Hold the form of a text to all that is promised of it; say whether it has one."""
    found = formatted(text)
    if found is None:
        return False
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    before, after = read(Source("p.yaml", plain)).data(), read(Source("p.yaml", found)).data()
    assert after == before
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    for section in ("params", "steps", "finally", "outputs"):
        names = [list(one[section]) for one in (before, after) if isinstance(one.get(section), dict)]
        assert names[:1] == names[1:], "the order of names is the user's"
    told = [sorted(comment for _, comment in Written(one).comments()) for one in (plain, found)]
    assert told[0] == told[1]
    assert formatted(found) == found
    assert "\r" not in found
    assert found.endswith("\n")
    return True


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_form_is_as_recorded(path: Path) -> None:
    recorded = path.with_suffix(".out")
    found = formatted(path.read_text(encoding="utf-8"))
    assert found is not None
    if UPDATE:
        recorded.write_text(found, encoding="utf-8")
    assert found == recorded.read_text(encoding="utf-8")


def test_promises_hold_for_every_file_and_example_of_ours() -> None:
    texts = [path.read_bytes().decode(errors="replace") for path in sorted(ROOT.glob("pipelines/*.yaml"))]
    texts += [text.decode(errors="replace") for text in corpus()]
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    texts += [block.text for page in pages for block in blocks(page) if block.info.startswith("yaml")]
    assert sum(map(keeps_its_promises, [*texts, *RICH])) > 50


@pytest.mark.parametrize("path", sorted(ROOT.glob("pipelines/*.yaml")), ids=lambda path: path.stem)
def test_our_own_pipelines_are_in_the_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert formatted(text) == text


def _with_comments(random: Random, text: str) -> str:
    lines = text.split("\n")
    for number in range(random.randint(0, 6)):
        place = random.randrange(len(lines))
        if random.random() < 0.5:
            lines.insert(place, " " * random.randint(0, 8) + f"# {number}")
        else:
            lines[place] += f"  # {number}"
        if random.random() < 0.3:
            lines.insert(place, "")
    return random.choice(("\n", "\n", "\r\n")).join(lines)


@settings(max_examples=40)
@given(random=st.randoms(use_true_random=False))
def test_promises_hold_for_made_up_pipelines(random: Random) -> None:
    keeps_its_promises(_with_comments(random, Maker(random).pipeline()))


@settings(max_examples=40)
@given(random=st.randoms(use_true_random=False))
def test_promises_hold_for_broken_and_commented_files(random: Random) -> None:
    files = [text.encode() for text in RICH]
    text = mutated(random, files).decode(errors="replace") if random.random() < 0.5 else random.choice(RICH)
    keeps_its_promises(_with_comments(random, text))


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("", "empty-file"),
        ("a: [", "yaml-syntax"),
        ("a: 1\na: 2", "duplicate-key"),
        ("a: !x 1", "tag"),
        ("- a", "wrong-value"),
        ("a", "wrong-value"),
        ("[" * 40 + "]" * 40, "too-deep"),
        (f"? {'k' * 1001}\n: 1", "bad-name"),
        ("? 'two\n  lines'\n: 1", "bad-name"),
        ("a: 1\n--- \nb: 1", "several-documents"),
    ],
)
def test_what_has_no_form_is_refused_with_its_place(text: str, slug: str) -> None:
    found = format_source(Source("p.yaml", text))
    assert found.text is None
    assert has_errors(found.problems)
    assert slug in {problem.slug for problem in found.problems}


@pytest.mark.parametrize(
    "text",
    [
        "a: {" + ", ".join(f"k{n}: {n}" for n in range(8_000)) + "}",
        "a: [" + "[" * 29 + ", ".join(["1"] * 15_000) + "]" * 29 + "] # x",
        "".join(f"# {n}\n" for n in range(40_000)) + "a: 1",
        "steps:\n" + "".join(f"  s{n}: {{if: true, app: a/b, needs: [x]}}\n" for n in range(2_000)),
        "a: &a 1\n" + "".join(f"k{n}: *a\n" for n in range(10_000)),
        "".join(f"k{n}: &a [*b]\nj{n}: &b 1\n" if n else "z: &b 1\n" for n in range(2_000)),
        "a: 'x" + "\n\n" * 60_000 + "'",
        "a:" + " " * 900_000 + "1",
        "- " * 30 + "a",
    ],
    ids=range(9),
)
def test_large_files_take_their_time_in_proportion(text: str) -> None:
    begin = process_time()
    format_source(Source("p.yaml", text))
    assert process_time() - begin < 5
