"""Split: which image goes where, and under which name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pipelines.loading import load_app

APP = load_app("split")
division, copying = APP["division"], APP["copying"]
NAMES = [f"{number:02}.jpg" for number in range(12)]


@pytest.mark.parametrize(("share", "count"), [(0, 0), (0.01, 1), (0.5, 6), (0.75, 9), (0.99, 11), (1, 12)])
def test_the_share_goes_to_training_and_both_parts_get_something(share: float, count: int) -> None:
    train, val = division.divided(NAMES, share, 1)
    assert (len(train), len(val)) == (count, 12 - count)


def test_a_seed_always_divides_alike_and_another_one_otherwise() -> None:
    assert division.divided(NAMES, 0.5, 1) == division.divided(NAMES, 0.5, 1)
    assert division.divided(NAMES, 0.5, 1) != division.divided(NAMES, 0.5, 2)


@given(st.sets(st.text(max_size=5), max_size=20), st.floats(0, 1), st.integers(0, 5))
def test_every_image_goes_to_exactly_one_part(names: set[str], share: float, seed: int) -> None:
    train, val = division.divided(sorted(names), share, seed)
    assert sorted([*train, *val]) == sorted(names)


def test_a_new_image_moves_at_most_one_of_the_others() -> None:
    before, _ = division.divided(NAMES, 0.5, 1)
    after, _ = division.divided([*NAMES, "new.jpg"], 0.5, 1)
    assert len(set(before) ^ (set(after) - {"new.jpg"})) <= 1


def test_a_name_in_two_datasets_gets_the_dataset_before_it() -> None:
    places = [("a", "x.jpg"), ("b", "x.jpg"), ("b", "y.jpg"), ("c", "a_x.jpg")]
    assert division.unique_names(places) == ["a_x.jpg", "b_x.jpg", "y.jpg", "_a_x.jpg"]


def test_a_copied_annotation_has_names_and_no_ids() -> None:
    tag = {"id": 1, "tagId": 2, "name": "ripe", "value": None, "labelerLogin": "me"}
    figure = {
        "id": 3,
        "classId": 4,
        "classTitle": "pear",
        "geometryType": "point",
        "points": {},
        "tags": [tag],
    }
    size = {"width": 2, "height": 2}
    copied = copying.copied_annotation({"size": size, "tags": [tag], "objects": [figure]})
    plain = {"name": "ripe", "value": None}
    assert copied == {
        "description": "",
        "tags": [plain],
        "size": size,
        "objects": [{"classTitle": "pear", "geometryType": "point", "points": {}, "tags": [plain]}],
    }
