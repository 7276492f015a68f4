"""One row of a list by its exact name."""

from typing import Any

import pytest

from slyflow.client.named import only
from slyflow.errors import NotFound, UsageError

ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "Train"},
    {"id": 2, "name": "Twin", "slug": "a/b"},
    {"id": 3, "name": "Twin"},
    {"id": 4},
]


def test_the_name_must_be_exact_and_alone() -> None:
    assert only(ROWS, "Train", "app")["id"] == 1
    with pytest.raises(NotFound, match='there is no app "Trian", did you mean "Train"'):
        only(ROWS, "Trian", "app")
    with pytest.raises(UsageError, match='there are 2 apps named "Twin": 3, a/b'):
        only(ROWS, "Twin", "app")
    with pytest.raises(NotFound):
        only([], "Train", "app")
