"""The JSON document of problems is what its schema says."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from slyflow.report.problemjson import problems_document
from tests.emptied import REPOSITORY
from tests.report.samples import FILES, PROBLEMS

SCHEMA = json.loads((REPOSITORY / "schemas" / "problems.v1.schema.json").read_text())


def test_document_is_as_the_schema_says() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document: Any = problems_document(FILES, PROBLEMS)
    Draft202012Validator(SCHEMA).validate(document)
    assert [one["code"] for one in document["problems"]] == ["SLY104", "SLY006", "SLY014", "SLY102", "SLY102"]
    assert document["problems"][2]["related"][0]["line"] == 1


def test_schema_knows_every_key() -> None:
    document: Any = problems_document(FILES, PROBLEMS)
    for target in (document, document["problems"][0], document["problems"][2]["related"][0]):
        target["more"] = 1
        assert not Draft202012Validator(SCHEMA).is_valid(document)
        del target["more"]
