"""The pages hold together: links lead somewhere, and figures are those of the code."""

import re
from pathlib import Path

import pytest

from slyflow.engine.policy import EMBEDDED, Policy
from slyflow.syntax.template import LIMIT
from tests.docs.markdown import COMMANDS, LANGUAGE, LAUNCH, PAGES, README, ROOT, prose


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_and_headings(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name) if name else page
        assert linked.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", prose(linked), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in headings}


def test_every_page_is_reachable_from_the_readme() -> None:
    linked = set(re.findall(r"\]\((docs/[^)#]+)", README.read_text(encoding="utf-8")))
    assert linked == {str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")}


@pytest.mark.parametrize("assumption", ["A1", "A2", "A3", "L1", "L2", "L3", "L4", "L5"])
def test_assumptions_and_limits_of_a_launch_are_stated(assumption: str) -> None:
    assert re.search(rf"^> .*\b{assumption} \w", LAUNCH.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("page", [README, COMMANDS, LAUNCH], ids=lambda page: page.name)
def test_launch_window_is_the_policys(page: Path) -> None:
    assert f"{Policy().launch_window:g} s" in prose(page)


def test_other_waits_are_the_policys() -> None:
    text = " ".join(prose(COMMANDS).split())
    assert f"`poll_interval`: {Policy().poll_floor:g} s on a remote instance" in text
    assert f"{EMBEDDED.launch_window:g} s on the embedded one" in text
    hours = Policy().unreachable_after / 3600
    assert f"{hours:g} h for a remote instance, {EMBEDDED.unreachable_after:g} s for the embedded" in text


def test_length_of_an_expression_is_the_scanners() -> None:
    assert f"{LIMIT:,} characters" in prose(LANGUAGE)
