"""The environment of a Python process that shall load nothing but what it imports itself."""

import os


def environment() -> dict[str, str]:
    """Return this process's environment without what makes coverage load itself into a child."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
