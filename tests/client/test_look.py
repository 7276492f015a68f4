"""Looks of nodes and cards: what is refused, and what is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.look import check_look, settings
from slyflow.errors import UsageError
from slyflow.model.node import NodeSettings


def test_settings_carry_supervisely_markup_and_escaped_text() -> None:
    look = NodeSettings(
        title="<img src=x onerror=alert(1)>",
        description='a & "b"',
        icon="collection-image",
        icon_color="#fff",
        icon_bg_color="#000",
        url="/projects/1/datasets",
        url_title="Open <it>",
    )
    assert settings(look) == {
        "title": "<h4>&lt;img src=x onerror=alert(1)&gt;</h4>",
        "description": "<small>a &amp; &quot;b&quot;</small>",
        "icon": {"icon": "zmdi-collection-image", "color": "#fff", "backgroundColor": "#000"},
        "mainLink": {"url": "/projects/1/datasets", "title": "Open &lt;it&gt;"},
    }


def test_a_whole_look_and_an_empty_one_are_good() -> None:
    check_look(NodeSettings())
    check_look(NodeSettings("T", "D", "image", "#ffffff", "#2196F3", "/projects/1", "Open"))


@pytest.mark.parametrize(
    ("look", "said"),
    [
        ({"icon": "image"}, "icon, icon_color and icon_bg_color are given together"),
        ({"icon": "image", "icon_color": "#ffffff"}, "are given together"),
        ({"icon_bg_color": "#ffffff"}, "are given together"),
        ({"icon": "image", "icon_color": "", "icon_bg_color": "#ffffff"}, "are given together"),
        ({"url": "/a"}, "url and url_title are given together"),
        ({"url_title": "Open"}, "url and url_title are given together"),
        ({"icon": "imag", "icon_color": "#ffffff", "icon_bg_color": "#ffffff"}, 'did you mean "image"'),
        ({"icon": "image", "icon_color": "white", "icon_bg_color": "#ffffff"}, 'icon_color is "white"'),
        ({"icon": "image", "icon_color": "#ffffff", "icon_bg_color": "#fff"}, 'icon_bg_color is "#fff"'),
        ({"url": "https://evil.example", "url_title": "Open"}, "is no path of the instance"),
        ({"url": "//evil.example", "url_title": "Open"}, "is no path of the instance"),
        ({"url": "/\\evil.example", "url_title": "Open"}, "is no path of the instance"),
        ({"url": "javascript:alert(1)", "url_title": "Open"}, "is no path of the instance"),
    ],
)
def test_half_a_look_and_an_odd_one_are_refused_with_words(look: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_look(NodeSettings(**look))
    assert said in raised.value.message


def test_an_icon_with_its_prefix_is_told_without() -> None:
    with pytest.raises(UsageError) as raised:
        check_look(NodeSettings(icon="zmdi-image", icon_color="#ffffff", icon_bg_color="#ffffff"))
    assert raised.value.hint == 'write "image", without zmdi-'


@given(st.text(), st.text())
def test_no_text_becomes_markup(title: str, description: str) -> None:
    written = settings(NodeSettings(title=title, description=description))
    for text in (written["title"], written["description"]):
        assert isinstance(text, str)
        assert (text.count("<"), text.count(">")) == (2, 2)
