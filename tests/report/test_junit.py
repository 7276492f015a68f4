"""The JUnit report: well formed whatever a file says, its counts those of its tests."""

from xml.etree import ElementTree

from slyflow.report.junit import junit_report
from tests.report.samples import FILES, PROBLEMS


def test_each_file_is_a_suite_and_each_problem_a_test_of_it() -> None:
    root = ElementTree.fromstring(junit_report(FILES, PROBLEMS))
    assert root.tag == "testsuites"
    suites = root.findall("testsuite")
    assert [len(suite.findall("testcase")) for suite in suites] == [1, 1, 3, 1]
    assert suites[2].get("name") == "a.yaml"
    assert [case.get("name") for case in suites[2]] == [
        "2:1 SLY014 duplicate-key",
        "3:5 SLY102 unknown-key",
        "4:5 SLY102 unknown-key",
    ]


def test_a_file_that_was_not_asked_for_has_its_suite_too() -> None:
    root = ElementTree.fromstring(junit_report([], PROBLEMS[2:3]))
    assert [suite.get("name") for suite in root] == ["a.yaml"]
    assert root.get("failures") == "1"


def test_counts_are_those_of_the_tests() -> None:
    root = ElementTree.fromstring(junit_report(FILES, PROBLEMS))
    for node in (root, *root.findall("testsuite")):
        assert int(node.get("tests", "")) == len(node.findall(".//testcase"))
        assert int(node.get("failures", "")) == len(node.findall(".//failure"))
        assert (node.get("errors"), node.get("time")) == ("0", "0")
    for case in root.iter("testcase"):
        assert len(case) <= 1, "a test has one outcome"
        assert {"classname", "name", "time"} == set(case.attrib)


def test_only_errors_fail_and_a_good_file_is_one_test_that_passed() -> None:
    root = ElementTree.fromstring(junit_report(FILES, PROBLEMS))
    warned, good = root[1][0], root[3][0]
    assert warned.find("failure") is None
    assert "warning: invisible" in (warned.findtext("system-out") or "")
    assert (good.get("name"), len(good)) == ("no problems", 0)


def test_message_hint_and_related_places_are_in_the_text() -> None:
    root = ElementTree.fromstring(junit_report(FILES, PROBLEMS))
    hostile = root[0][0].find("failure")
    assert hostile is not None
    assert "<b>]]>&" in (hostile.text or "")
    assert "hint: do this & <that>" in (hostile.text or "")
    assert "a.yaml:1: first here" in (root[2][0].findtext("failure") or "")
