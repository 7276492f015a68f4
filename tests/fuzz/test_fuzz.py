"""Broken files and made-up pipelines keep every promise of a check; what once did not is kept in `seeds`."""

from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.grammar import Maker
from tests.fuzz.mutation import corpus, mutated
from tests.fuzz.oracle import examine

FILES = corpus()
SEEDS = sorted((Path(__file__).parent / "seeds").glob("*.yaml"))
# The folder of the function is shared by its examples, each of which writes its file anew.
CI = settings(
    max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
LONG = settings(CI, max_examples=6_000)


@CI
@given(st.randoms(use_true_random=False))
def test_broken_files_are_refused_with_places(tmp_path: Path, random: Random) -> None:
    examine(mutated(random, FILES), tmp_path / "pipeline.yaml")


@CI
@given(st.randoms(use_true_random=False))
def test_whole_pipelines_are_judged_with_places(tmp_path: Path, random: Random) -> None:
    examine(Maker(random).pipeline().encode(), tmp_path / "pipeline.yaml")


@CI
@given(
    st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode(errors="replace")))
)
def test_any_bytes_are_refused_with_places(tmp_path: Path, content: bytes) -> None:
    examine(content, tmp_path / "pipeline.yaml")


@pytest.mark.slow
@LONG
@given(st.randoms(use_true_random=False))
def test_broken_files_for_a_minute(tmp_path: Path, random: Random) -> None:
    examine(mutated(random, FILES), tmp_path / "pipeline.yaml")


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_what_once_broke_a_promise_does_no_more(seed: Path, tmp_path: Path) -> None:
    examine(seed.read_bytes(), tmp_path / "pipeline.yaml")
