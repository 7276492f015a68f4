"""Problems as a JUnit report: a suite for each file, in it a failed test for each problem."""

import re
from collections.abc import Iterator, Sequence
from html import escape  # the same in XML, and xml.sax would import what talks to networks
from itertools import groupby

from slyflow.problem import Problem
from slyflow.text import sanitize

# What XML 1.0 cannot hold, not even as a reference; sanitize has taken the control characters.
_IMPOSSIBLE = "[\ud800-\udfff\ufffe\uffff]"


def junit_report(files: Sequence[str], problems: Sequence[Problem]) -> str:
    """Return the XML for problems in order; a file without problems is a suite with one test that passed.

    Only errors fail; what is less is told as the output of a test that passed.
    """
    # What is wrong with a lock stands in no pipeline.
    files = sorted({*files, *(one.span.file for one in problems)})
    of_file = {name: list(some) for name, some in groupby(problems, lambda one: one.span.file)}
    # A lock that cannot be read is none of the files that were named.
    names = list(dict.fromkeys((*files, *of_file)))
    suites = [line for name in names for line in _suite(name, of_file.get(name, []))]
    total, failed = sum(max(1, len(of_file.get(name, []))) for name in names), _failures(problems)
    head = f'<testsuites name="slyflow validate" tests="{total}" failures="{failed}" errors="0" time="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *suites, "</testsuites>", ""])


def _failures(problems: Sequence[Problem]) -> int:
    return sum(problem.severity == "error" for problem in problems)


def _suite(name: str, problems: Sequence[Problem]) -> Iterator[str]:
    file = _quoted(_clean(name))
    counts = f'tests="{max(1, len(problems))}" failures="{_failures(problems)}" errors="0" skipped="0"'
    yield f'  <testsuite name={file} {counts} time="0">'
    if not problems:
        yield f'    <testcase classname={file} name="no problems" time="0"/>'
    for problem in problems:
        yield from _case(problem, file)
    yield "  </testsuite>"


def _case(problem: Problem, file: str) -> Iterator[str]:
    span = problem.span
    place = f"{span.line}:{span.column}"
    name = _quoted(f"{place} {problem.code} {problem.slug}")
    told = _clean(problem.text)
    body = [f"{_clean(span.file)}:{place}: {problem.severity}: {told}"]
    body += [f"hint: {_clean(problem.hint)}"] if problem.hint else []
    body += [f"{_clean(one.span.file)}:{one.span.line}: {_clean(one.message)}" for one in problem.related]
    text = escape("\n".join(body), quote=False)
    yield f'    <testcase classname={file} name={name} time="0">'
    if problem.severity == "error":
        yield f'      <failure message={_quoted(told)} type="{problem.code}">{text}</failure>'
    else:
        yield f"      <system-out>{text}</system-out>"
    yield "    </testcase>"


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


def _clean(text: str) -> str:
    return re.sub(_IMPOSSIBLE, "\ufffd", sanitize(" ".join(text.split("\n"))))
