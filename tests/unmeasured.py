"""The environment of a Python process that shall load nothing but what it imports itself."""

import os


def measuring() -> list[str]:
    """Return the names of the variables that make coverage load itself into a child."""
    return [name for name in os.environ if name.startswith("COVERAGE_")]


def environment() -> dict[str, str]:
    """Return this process's environment without them."""
    measured = measuring()
    return {name: value for name, value in os.environ.items() if name not in measured}
