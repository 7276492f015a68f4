"""What holds for every file, however broken: no crash, no hang, and everything told has a place in it."""

import json
from pathlib import Path
from time import process_time
from typing import Any
from xml.etree import ElementTree

from slyflow.graph.checked import problems_of
from slyflow.problem import Problem, Span, has_errors
from slyflow.report.annotation import annotations
from slyflow.report.junit import junit_report
from slyflow.report.problemjson import problems_document
from slyflow.report.problems import render
from slyflow.report.sarif import sarif_log

LONGEST = 1.0
"""Seconds of CPU that a file of the fuzzer's size may take."""


def examine(content: bytes, file: Path) -> list[Problem]:
    """Check a file of this content, and hold what is said of it to its promises; return that."""
    file.write_bytes(content)
    begin = process_time()
    loaded, dag, problems = problems_of(str(file))
    taken = process_time() - begin
    assert taken < LONGEST, f"took {taken:.1f} s"
    assert (loaded.pipeline is None) <= has_errors(problems), "refused without an error"
    assert (dag is None) <= has_errors(problems), "no order, and no error"
    lines = _lines(content)
    for problem in problems:
        assert problem.message
        for span in (problem.span, *(one.span for one in problem.related)):
            _check_place(span, lines, str(file))
    _check_forms(problems, loaded.source, str(file))
    return problems


def _lines(content: bytes) -> list[str]:
    text = content.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _check_place(span: Span, lines: list[str], file: str) -> None:
    assert span.file == file
    assert 1 <= span.line <= span.end_line <= len(lines), span
    assert 1 <= span.column <= len(lines[span.line - 1]) + 1, span
    assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 2, span
    assert (span.line, span.column) <= (span.end_line, span.end_column), span


def _check_forms(problems: list[Problem], source: str, file: str) -> None:
    assert "\x1b" not in render(problems, {file: source}, color=False)
    assert annotations(problems).count("\n") == len(problems)
    ElementTree.fromstring(junit_report([file], problems))
    for document in (problems_document([file], problems), sarif_log(problems)):
        again: Any = json.loads(json.dumps(document, allow_nan=False))
        assert again == document
