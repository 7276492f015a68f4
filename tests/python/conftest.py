"""A folder with small real apps and pipelines of them, in which the test runs."""

from pathlib import Path

import pytest

from tests.cli.conftest import make_project


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two apps, `good.yaml` and `bad.yaml`; it is the working directory."""
    folder = make_project(tmp_path / "project")
    monkeypatch.chdir(folder)
    return folder
