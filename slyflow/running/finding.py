"""What a check of the surroundings found, and what is to be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "wrong", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check. `code` is the exit code that a run would end with for it; only what is wrong has one."""

    check: str
    verdict: Verdict
    found: str
    todo: str | None = None
    code: int = 0


def ok(check: str, found: str) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, todo: str) -> Finding:
    """Return what a run survives, but a person should know."""
    return Finding(check, "warning", found, todo)


def wrong(check: str, found: str, todo: str | None, code: int) -> Finding:
    """Return what no run gets past."""
    return Finding(check, "wrong", found, todo, code)


def skipped(check: str, why: str) -> Finding:
    """Return that a check was not made."""
    return Finding(check, "skipped", why)


def exit_code(findings: Iterable[Finding]) -> int:
    """Return the code of the first thing that is wrong, 0 when nothing is."""
    return next((finding.code for finding in findings if finding.verdict == "wrong"), 0)
