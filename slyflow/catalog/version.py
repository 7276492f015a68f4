"""Versions of apps: which of several tags is the newest."""

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
