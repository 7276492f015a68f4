"""Patterns over logs: found like Python finds them, and never for longer than a while."""

import time

import pytest

from slyflow.engine import capture
from slyflow.engine.capture import TooSlow, first_group


@pytest.mark.parametrize(
    ("pattern", "lines", "found"),
    [
        (r"version (\S+)", ["hello", "a version 1.2 of it", "version 3"], "1.2"),
        (r"no group", ["there is no group here"], "no group"),
        (r"(a)|b", ["b", "a"], None),
        (r"missing (.*)", ["hello"], None),
        (r"(.*)", [], None),
        (r"«(.)»", ["«é»"], "é"),
        (r'"(\\d)"', ['"\\d"'], "\\d"),
    ],
)
def test_the_first_group_of_the_first_line_that_matches(
    pattern: str, lines: list[str], found: str | None
) -> None:
    assert first_group(pattern, lines) == found


def test_a_pattern_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(capture, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(TooSlow):
        first_group(r"(a+)+$", ["a" * 40 + "b"])
    assert time.monotonic() - begun < 5


def test_a_long_log_is_searched_quickly() -> None:
    lines = [f"epoch {number} loss=0.5" for number in range(50_000)] + ["final mAP: 0.75"]
    begun = time.monotonic()
    assert first_group(r"mAP: ([\d.]+)", lines) == "0.75"
    assert time.monotonic() - begun < 3
