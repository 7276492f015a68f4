"""Small pictures that stand for icons of the Material Design Iconic Font, which no picture can load."""

import re
from collections.abc import Iterator, Mapping
from html import escape

# Outlines on a square of 24 by 24; where two of them overlap there is a hole.
_OUTLINES: Mapping[str, str] = {
    "archive": "M3 4h18v5H3z M4 10h16v10H4z M9 12v2h6v-2z",
    "chart": "M4 12h4v8H4z M10 6h4v14h-4z M16 9h4v11h-4z",
    "check": "M4 12l3-3 4 4 8-8 3 3-11 11z",
    "close": "M6 3.5l6 6 6-6 2.5 2.5-6 6 6 6-2.5 2.5-6-6-6 6L3.5 18l6-6-6-6z",
    "cloud": "M7 18a5 5 0 0 1 0-10a6 6 0 0 1 11 2a4 4 0 0 1 0 8z",
    "cloud-download": "M7 18a5 5 0 0 1 0-10a6 6 0 0 1 11 2a4 4 0 0 1 0 8z M12 17l-4-4h2.5v-3h3v3H16z",
    "cloud-upload": "M7 18a5 5 0 0 1 0-10a6 6 0 0 1 11 2a4 4 0 0 1 0 8z M12 9l4 4h-2.5v3h-3v-3H8z",
    "delete": "M6 8h12l-1 13H7z M5 5h14v2H5z M9 3h6v2H9z",
    "download": "M12 16l-6-6h4V4h4v6h4z M5 18h14v2H5z",
    "edit": "M4 16L15 5l4 4L8 20H4z",
    "email": "M3 5h18v14H3z M4.5 6.5L12 12l7.5-5.5z",
    "file": "M6 3h7v5h5v13H6z M14.5 3l3.5 3.5h-3.5z",
    "folder": "M3 6h6l2 2h10v11H3z",
    "image": "M3 5h18v14H3z M5 7v10h14V7z M6 16l4-5 3 3 2-2 3 4z",
    "label": "M3 6h11l7 6-7 6H3z M6.5 10.5v3h3v-3z",
    "memory": (
        "M7 7h10v10H7z M10 10v4h4v-4z M9 3h2v3H9z M13 3h2v3h-2z M9 18h2v3H9z M13 18h2v3h-2z"
        " M3 9h3v2H3z M3 13h3v2H3z M18 9h3v2h-3z M18 13h3v2h-3z"
    ),
    "play": "M7 4l13 8-13 8z",
    "search": (
        "M10 3a7 7 0 1 0 0 14a7 7 0 1 0 0-14z M10 6a4 4 0 1 1 0 8a4 4 0 1 1 0-8z M15 16.5l5 5 1.5-1.5-5-5z"
    ),
    "settings": "M12 2l8 4.6v9.8L12 22l-8-5.6V6.6z M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8z",
    "star": "M12 2l3 7 7 .6-5.4 4.7L18.5 22 12 18l-6.5 4 1.9-7.7L2 9.6 9 9z",
    "storage": "M4 5h16v4H4z M4 10h16v4H4z M4 15h16v4H4z",
    "time": "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20z M11 6h2v6h4v2h-6z",
    "upload": "M12 4l6 6h-4v6h-4v-6H6z M5 18h14v2H5z",
}
# Icons that look much like one of those, by a word of their names.
_ALIKE: Mapping[str, str] = {
    "assignment": "file",
    "dns": "storage",
    "equalizer": "chart",
    "images": "image",
    "labels": "label",
    "collection": "image",
    "inbox": "archive",
    "photo": "image",
    "picture": "image",
    "receipt": "file",
    "trending": "chart",
    "wrench": "settings",
}


def pictogram(icon: str, x: float, y: float, size: float, color: str) -> Iterator[str]:
    """Give an SVG element for an icon, `size` pixels wide and high with its corner at x, y.

    An icon without a picture of its own is shown by its first letters, and every one by its name in full.
    """
    outline = _outline(icon)
    yield f"<g><title>{escape(icon)}</title>"
    if outline is not None:
        place = f"translate({x:.1f} {y:.1f}) scale({size / 24:.3f})"
        yield f'<path transform="{place}" fill-rule="evenodd" fill="{color}" d="{outline}"/>'
    else:
        letters = "".join(word[0] for word in re.findall(r"[A-Za-z0-9]+", icon)[:2]).upper() or "?"
        middle, base = x + size / 2, y + size * 0.72
        yield (
            f'<text x="{middle:.1f}" y="{base:.1f}" text-anchor="middle" font-family="sans-serif"'
            f' font-size="{size * 0.6:.1f}" font-weight="600" fill="{color}">{letters}</text>'
        )
    yield "</g>"


def _outline(icon: str) -> str | None:
    words = (icon, *icon.split("-"))
    return next((_OUTLINES[name] for word in words if (name := _ALIKE.get(word, word)) in _OUTLINES), None)
