"""How nodes and cards of the workflow graph look: checked, and written in Supervisely's own markup."""

import html
import re

from slyflow.errors import UsageError
from slyflow.model.node import NodeSettings
from slyflow.model.value import Json
from slyflow.syntax.icon import icons
from slyflow.text import did_you_mean

_COLOR = "#[0-9a-fA-F]{6}"


def check_look(look: NodeSettings) -> None:
    """UsageError when a setting means nothing, or stands without those that belong to it."""
    _check_together("icon, icon_color and icon_bg_color", look.icon, look.icon_color, look.icon_bg_color)
    _check_together("url and url_title", look.url, look.url_title)
    if look.icon is not None and look.icon not in icons():
        bare = look.icon.removeprefix("zmdi-")
        hint = f'write "{bare}", without zmdi-' if bare in icons() else None
        raise UsageError(
            f'there is no icon "{look.icon}"' + ("" if hint else did_you_mean(look.icon, icons())),
            hint=hint or "the names are those of the Material Design Iconic Font",
        )
    for name, color in (("icon_color", look.icon_color), ("icon_bg_color", look.icon_bg_color)):
        if color is not None and not re.fullmatch(_COLOR, color):
            raise UsageError(f'{name} is "{color}", expected a colour such as "#2196f3"')
    if look.url is not None and not re.match("/(?![/\\\\])", look.url):
        raise UsageError(f'the url "{look.url}" is no path of the instance', hint='it begins with one "/"')


def settings(look: NodeSettings) -> dict[str, Json]:
    """Return a look in Supervisely's own markup, with the text escaped."""
    written: dict[str, Json] = {}
    if look.title is not None:
        written["title"] = f"<h4>{html.escape(look.title)}</h4>"
    if look.description is not None:
        written["description"] = f"<small>{html.escape(look.description)}</small>"
    if look.icon is not None and look.icon_color is not None and look.icon_bg_color is not None:
        written["icon"] = {
            "icon": f"zmdi-{look.icon}",
            "color": look.icon_color,
            "backgroundColor": look.icon_bg_color,
        }
    if look.url is not None and look.url_title is not None:
        written["mainLink"] = {"url": look.url, "title": html.escape(look.url_title)}
    return written


def _check_together(names: str, *values: str | None) -> None:
    given = [value for value in values if value]
    if given and len(given) != len(values):
        raise UsageError(f"{names} are given together or not at all")
