"""The clocks of this machine and of the server, compared."""

from datetime import UTC, datetime

import pytest

from slyflow.running.reach import clocks

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "verdict", "told"),
    [
        ("Tue, 24 Nov 2026 12:00:02 GMT", "ok", "2 s behind"),
        ("Tue, 24 Nov 2026 11:58:00 GMT", "warning", "120 s ahead of"),
        ("Tue, 24 Nov 2026 13:00:00 -0000", "warning", "3600 s behind"),
        ("yesterday", "skipped", "does not tell"),
        (None, "skipped", "does not tell"),
    ],
)
def test_a_difference_of_a_minute_is_worth_a_warning(date: str | None, verdict: str, told: str) -> None:
    found = clocks(date, NOW)
    assert found.verdict == verdict
    assert told in found.found
