"""Records are dataclasses, made late."""

import dataclasses
import subprocess
import sys

import pytest

from slyflow.record import changed, field, record
from tests.unmeasured import environment


@record(frozen=True, order=True)
class Place:
    """A record with every feature."""

    line: int
    column: int = 1
    tags: tuple[str, ...] = field(default_factory=tuple)
    note: str = field(default="", compare=False, repr=False)
    file: str = field(kw_only=True, default="f")


@dataclasses.dataclass(frozen=True, order=True)
class Twin:
    """The same as a dataclass."""

    line: int
    column: int = 1
    tags: tuple[str, ...] = dataclasses.field(default_factory=tuple)
    note: str = dataclasses.field(default="", compare=False, repr=False)
    file: str = dataclasses.field(kw_only=True, default="f")


CASES: list[tuple[tuple[int, ...], dict[str, object]]] = [
    ((1,), {}),
    ((1, 2), {"file": "g"}),
    ((1,), {"tags": ("a",), "note": "n"}),
    ((2,), {"column": 3}),
]


@pytest.mark.parametrize(("args", "kwargs"), CASES)
def test_is_made_shown_and_hashed_like_a_dataclass(args: tuple[int, ...], kwargs: dict[str, object]) -> None:
    ours, theirs = Place(*args, **kwargs), Twin(*args, **kwargs)  # type: ignore[arg-type]  # on purpose
    assert repr(ours) == repr(theirs).replace("Twin", "Place")
    assert hash(ours) == hash(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [f.name for f in dataclasses.fields(ours)] == [f.name for f in dataclasses.fields(theirs)]


def test_compares_like_a_dataclass() -> None:
    ours = [Place(*args, **kwargs) for args, kwargs in CASES]  # type: ignore[arg-type]  # as above
    theirs = [Twin(*args, **kwargs) for args, kwargs in CASES]  # type: ignore[arg-type]  # as above
    for i, j in ((i, j) for i in range(len(CASES)) for j in range(len(CASES))):
        assert (ours[i] == ours[j]) is (theirs[i] == theirs[j])
        assert (ours[i] < ours[j]) is (theirs[i] < theirs[j])
    assert Place(1, note="a") == Place(1, note="b")
    assert Place(1) != Twin(1)  # type: ignore[comparison-overlap]  # on purpose


def test_is_frozen() -> None:
    place = Place(1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        place.line = 2  # type: ignore[misc]  # on purpose
    with pytest.raises(dataclasses.FrozenInstanceError):
        del place.line


def test_can_be_replaced_and_matched() -> None:
    place = dataclasses.replace(Place(1, 2), column=5, file="h")
    match place:
        case Place(line, column, file="h"):
            assert (line, column) == (1, 5)
        case _:
            pytest.fail("it did not match")


def test_wrong_arguments_are_refused() -> None:
    with pytest.raises(TypeError, match="line"):
        Place()  # type: ignore[call-arg]  # on purpose
    with pytest.raises(TypeError, match="unheard"):
        Place(1, unheard=2)  # type: ignore[call-arg]  # on purpose


def test_a_changed_one_is_another_with_the_other_fields_kept() -> None:
    place = Place(1, 5)
    other = changed(place, line=2)
    assert (other, place) == (Place(2, 5), Place(1, 5))
    assert hash(other) == hash(Place(2, 5))
    with pytest.raises(AssertionError, match="unheard"):
        changed(place, unheard=2)


def test_can_be_asked_for_its_fields_before_the_first_one_is_made() -> None:
    @record(frozen=True)
    class Fresh:
        a: int
        b: str = "x"

    assert [f.name for f in dataclasses.fields(Fresh)] == ["a", "b"]
    assert Fresh(1) == Fresh(1, "x")


def test_defining_records_does_not_load_dataclasses() -> None:
    code = (
        "import sys\nfrom slyflow.record import record\n"
        "@record(frozen=True)\nclass A:\n    x: int\n"
        "assert A(1) == A(1)\nassert 'dataclasses' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], env=environment(), check=True)
