"""Tests of slyflow.syntax.expression.hollow."""

from slyflow.syntax.expression.hollow import cut
from slyflow.syntax.expression.scanner import scan

SOURCE = "params.a.b + (steps.x.status)"
HOLLOW = cut(SOURCE, scan(SOURCE), [2, 3])


def test_names_give_way_and_fields_behind_them_stay() -> None:
    assert HOLLOW.texts == ("", ".b + (", ")")
    assert HOLLOW.filled(["_v10", "_v2"]) == "_v10.b + (_v2)"


def test_every_place_of_the_filled_text_has_an_origin() -> None:
    names = ["_v10", "_v2"]
    filled = HOLLOW.filled(names)
    origins = [HOLLOW.origin(offset, names) for offset in range(len(filled) + 1)]
    assert origins == sorted(origins)
    assert origins[-1] == len(SOURCE)
    for offset, character in enumerate(filled):
        if character in ".b+()":
            assert SOURCE[origins[offset]] == character
    assert {origins[filled.index("_v2") + shift] for shift in range(3)} == {SOURCE.index("steps")}


def test_a_source_without_names_stays_as_it_is() -> None:
    assert cut("1 + 1", (), []).filled([]) == "1 + 1"
    assert cut("1 + 1", (), []).origin(4, []) == 4
