"""Lines that a CI system would take for orders are made inert before they are printed."""

import re
from collections.abc import Mapping

# GitHub Actions obeys `::name::` at the start of a line (spaces may stand before it) and `##[name]`
# anywhere in it; TeamCity `##teamcity[`, Azure Pipelines `##vso[`.
_COMMAND = r"(?m)^(\s*)::"
_BRACKET = r"##(?=\w*\[)"
_SYSTEMS = ("GITHUB_ACTIONS", "TEAMCITY_VERSION", "TF_BUILD")


def runs_here(environ: Mapping[str, str]) -> bool:
    """Say whether a CI system reads what this process prints."""
    return any(environ.get(name) for name in _SYSTEMS)


def defuse(text: str) -> str:
    """Return text of which no line is a workflow command any more; every character stays visible."""
    return re.sub(_BRACKET, "# #", re.sub(_COMMAND, r"\1: :", text))


def defuse_json(text: str) -> str:
    """Return the same JSON document without a `##` in it (it can only stand inside strings)."""
    return text.replace("##", "#\\u0023")
