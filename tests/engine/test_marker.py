"""The marker of an attempt."""

import re

from slyflow.engine.marker import marker

SECRET = b"\x01" * 32


def test_has_the_form_that_survives_in_a_task_name() -> None:
    assert re.fullmatch(r"sf-[0-9a-hjkmnp-tv-z]{26}", marker(SECRET, "run", "step", 1))


def test_is_the_same_when_a_resumed_process_computes_it_again() -> None:
    assert marker(SECRET, "run", "step", 1) == marker(SECRET, "run", "step", 1)


def test_differs_by_secret_run_step_and_attempt() -> None:
    markers = {
        marker(SECRET, "run", "step", 1),
        marker(b"\x02" * 32, "run", "step", 1),
        marker(SECRET, "run2", "step", 1),
        marker(SECRET, "run", "step2", 1),
        marker(SECRET, "run", "step", 2),
    }
    assert len(markers) == 5
