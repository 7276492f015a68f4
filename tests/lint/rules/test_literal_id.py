"""Ids are told where a name, or a param, would do, at their place and only when asked."""

from pathlib import Path

from tests.lint.told import problems, told

STEPS = """\
defaults: {workspace: 7}
steps:
  a:
    app: {module_id: 5, version: v1}
    agent: 12
    target: {project: 42}
    arguments: {seed: 42}
  b: {app: a/b@v1, user: 3}
  c: {app: a/b@v1, workspace: cv/lemons, agent: any, target: {files_folder: /x}}
"""


def test_each_id_is_told_once_at_its_place(tmp_path: Path) -> None:
    found = problems(tmp_path, STEPS, pedantic=True)
    assert {one.slug for one in found} == {"literal-id"}
    assert [(one.span.line, one.span.column) for one in found] == [
        (2, 23),
        (5, 10),
        (6, 12),
        (7, 23),
        (9, 3),
    ]


def test_it_is_told_only_when_asked(tmp_path: Path) -> None:
    assert told(tmp_path, STEPS) == []
