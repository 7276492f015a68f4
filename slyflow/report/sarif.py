"""Problems in SARIF 2.1.0, the format that code scanning services take."""

import os
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import slyflow
from slyflow.code import Code, code
from slyflow.model.value import Json
from slyflow.problem import Problem, Span
from slyflow.report.explanation import Explanation, explanations

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(problems: Sequence[Problem]) -> Json:
    """Return a log of one run whose rules are the codes that occur, with what each means."""
    used = sorted({problem.slug: code(problem.slug) for problem in problems}.values(), key=lambda one: one.id)
    places = {one.slug: index for index, one in enumerate(used)}
    texts = explanations() if used else {}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "slyflow",
                        "semanticVersion": slyflow.__version__,
                        "rules": [_rule(one, texts[one.slug]) for one in used],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(problem, places[problem.slug]) for problem in problems],
            }
        ],
    }


def _rule(one: Code, text: Explanation) -> Json:
    return {
        "id": one.id,
        "name": one.slug.title().replace("-", ""),
        "shortDescription": {"text": one.title},
        "fullDescription": {"text": text.cause},
        "help": {"text": f"{text.cause}\n\n{text.remedy}"},
        "defaultConfiguration": {"level": one.severity},
    }


def _result(problem: Problem, rule: int) -> Json:
    told = f"{problem.text}\n{problem.hint}" if problem.hint else problem.text
    result: dict[str, Json] = {
        "ruleId": problem.code,
        "ruleIndex": rule,
        "level": problem.severity,
        "message": {"text": told},
        "locations": [{"physicalLocation": _location(problem.span)}],
    }
    if problem.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _location(one.span), "message": {"text": one.message}}
            for number, one in enumerate(problem.related, 1)
        ]
    if problem.suggestion:
        result["fixes"] = [_fix(problem.span, problem.suggestion)]
    return result


def _fix(span: Span, text: str) -> Json:
    return {
        "description": {"text": f'write "{text}"'},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(span.file),
                "replacements": [{"deletedRegion": _region(span), "insertedContent": {"text": text}}],
            }
        ],
    }


def _location(span: Span) -> Mapping[str, Json]:
    return {"artifactLocation": _artifact(span.file), "region": _region(span)}


def _artifact(file: str) -> Mapping[str, Json]:
    """Return a file as a URI: relative to where the command ran, unless its name is absolute."""
    path = quote(os.fsencode(file), safe="/")
    # What stands before a colon in the first part of a relative URI would be its scheme; quote has that.
    return {"uri": f"file://{path}" if file.startswith("/") else path}


def _region(span: Span) -> Mapping[str, Json]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
