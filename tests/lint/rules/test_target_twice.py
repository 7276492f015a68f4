"""Two values for one key are found without a lock."""

from pathlib import Path

import pytest

from tests.lint.told import told


@pytest.mark.parametrize(
    ("step", "lines"),
    [
        ("target: {project: 1, images_project: 2}", [3]),
        ("target: {project: 1}, arguments: {slyProjectId: 2}", [3]),
        ("target: {project: 1}, arguments: {slyProjectId: 1}", []),
        ("target: {project: 1, files_folder: /x}, arguments: {slyFile: /y}", []),
    ],
)
def test_what_is_told(step: str, lines: list[int], tmp_path: Path) -> None:
    found = told(tmp_path, f"steps:\n  a: {{app: a/b@v1, {step}}}\n")
    assert found == [(line, "target-twice") for line in lines]
