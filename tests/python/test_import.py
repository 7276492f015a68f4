"""`import slyflow` costs next to nothing, and gives every public name when it is asked for."""

import subprocess
import sys

import pytest

import slyflow
from tests.unmeasured import environment


def test_importing_it_imports_nothing_else() -> None:
    script = (
        "import sys; before = set(sys.modules); import slyflow; print(*sorted(set(sys.modules) - before))"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", f"sys = __import__('sys'); sys.path[:0] = {sys.path!r}; {script}"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.split() == ["slyflow"]


@pytest.mark.parametrize("name", slyflow.__all__)
def test_public_names_are_found_in_their_homes(name: str) -> None:
    found = getattr(slyflow, name)
    assert found.__name__ == name
    assert name in dir(slyflow)


def test_other_names_are_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rnu'"):
        slyflow.rnu  # noqa: B018  # that it is not there is tested
