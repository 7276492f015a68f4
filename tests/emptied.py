"""An environment without the user's home and without settings, for this process and those that it starts."""

import os
from pathlib import Path

import pytest

import slyflow

REPOSITORY = Path(__file__).parent.parent
_CLEARED = (
    "SERVER_ADDRESS",
    "API_TOKEN",
    "TASK_ID",
    "NO_COLOR",
    "GITHUB_ACTIONS",
    "TEAMCITY_VERSION",
    "TF_BUILD",
)


def empty(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Let `home` be the home, and take away what would be a setting of slyflow or Supervisely."""
    for name in tuple(os.environ):
        if name.startswith("SLYFLOW_") or name in _CLEARED:
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    patch.setenv("TERM", "dumb")
    # A child finds the slyflow that is under test, from any working directory.
    if Path(slyflow.__file__).parent.parent == REPOSITORY:
        patch.setenv("PYTHONPATH", str(REPOSITORY))
