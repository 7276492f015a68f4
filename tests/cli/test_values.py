"""Values on a command line, and what is said of those that are none."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from slyflow.cli import values
from slyflow.errors import UsageError


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "x", "", "²", "9223372036854775808", "1" * 30])
def test_what_is_no_id_is_refused(text: str) -> None:
    assert values.an_id("9223372036854775807") == 2**63 - 1
    with pytest.raises(argparse.ArgumentTypeError, match="is no id"):
        values.an_id(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("2s", 2.0), ("0.5", 0.5), ("5m", 300.0), ("1h", 3600.0), ("90", 90.0)]
)
def test_times_are_seconds(text: str, seconds: float) -> None:
    assert values.a_time(text) == seconds


@pytest.mark.parametrize("text", ["", "0", "0s", "-1", "soon", "1e3", "nan"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no time"):
        values.a_time(text)


def test_counts_begin_at_nothing() -> None:
    assert values.a_count("0") == 0
    with pytest.raises(argparse.ArgumentTypeError, match="no whole number"):
        values.a_count("-1")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a=1", 1),
        ("a=1.5", 1.5),
        ("a=true", True),
        ("a=null", None),
        ('a="1"', "1"),
        ("a=[1, 2]", [1, 2]),
        ("a=word", "word"),
        ("a=", ""),
        ("a=b=c", "b=c"),
        ("a=NaN", "NaN"),
        ("a={", "{"),
    ],
)
def test_a_value_is_json_where_it_reads_as_that_and_else_text(text: str, value: Any) -> None:
    assert values.pairs("--x", [text]) == {"a": value}


@pytest.mark.parametrize(
    ("texts", "said"), [(["a"], "not KEY=VALUE"), (["=1"], "not KEY"), (["a=1", "a=2"], "twice")]
)
def test_pairs_that_are_none_are_refused(texts: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        values.pairs("--x", texts)


def test_a_map_is_given_itself_or_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": 1}')
    assert values.a_map("--x", '{"a": 1}', tmp_path) == values.a_map("--x", "@a.json", tmp_path) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "1", "null", '{"a": NaN}', "@none", "@latin", "@.", "[" * 100_000]
)
def test_what_is_no_map_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="--x"):
        values.a_map("--x", text, tmp_path)
