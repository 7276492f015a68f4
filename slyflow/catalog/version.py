"""Versions of apps and instances: which of several tags is the newest, and whether one is new enough."""

from collections.abc import Iterable

from packaging.version import InvalidVersion, Version


def parse(tag: str) -> Version | None:
    """Return the version a tag such as `v1.0.30` names, None for any other text."""
    try:
        return Version(tag)
    except InvalidVersion:
        return None


def newest(tags: Iterable[str]) -> str | None:
    """Return the newest release; a pre-release only when there is no other, then the first odd tag."""
    ranked: list[tuple[bool, Version, str]] = []
    odd: list[str] = []
    for tag in tags:
        version = parse(tag)
        if version is None:
            odd.append(tag)
        else:
            ranked.append((not version.is_prerelease, version, tag))
    if ranked:
        return max(ranked, key=lambda one: one[:2])[2]
    return odd[0] if odd else None


def at_least(have: str, wanted: str) -> bool:
    """Say whether a version is as new as `wanted`; one that nobody can read counts as new."""
    has, wants = parse(have), parse(wanted)
    return has is None or wants is None or has >= wants
