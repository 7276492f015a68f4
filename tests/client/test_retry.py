"""Waiting and the retry budget."""

from datetime import UTC, datetime

import pytest

from slyflow.client.retry import Budget, delay, retry_after

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (None, None),
        ("5", 5),
        (" 0 ", 0),
        ("100000", 300),
        ("9" * 5000, 300),
        ("Sun, 01 Mar 2026 12:00:30 GMT", 30),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sun, 01 Mar 2026 22:00:00 GMT", 300),
        ("Sun, 01 Mar 2026 12:00:30 -0000", 30),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_clamped(text: str | None, seconds: float | None) -> None:
    assert retry_after(text, NOW) == seconds


def test_delays_double_up_to_a_minute() -> None:
    assert [delay(n, 1.0, None) for n in (1, 2, 3, 6, 7, 50)] == [1, 2, 4, 32, 60, 60]
    assert delay(3, 0.0, None) == 0
    assert delay(1, 0.5, 20.0) == 20


def test_the_budget_is_a_burst_and_then_a_share_of_calls() -> None:
    budget = Budget(share=0.5, burst=2)
    assert [budget.spend() for _ in range(3)] == [True, True, False]
    budget.earn()
    assert not budget.spend()
    budget.earn()
    assert budget.spend()
    for _ in range(100):
        budget.earn()
    assert [budget.spend() for _ in range(3)] == [True, True, False]
