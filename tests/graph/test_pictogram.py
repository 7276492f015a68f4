"""Tests of slyflow.graph.pictogram."""

import xml.etree.ElementTree as ET

import pytest

from slyflow.graph.pictogram import pictogram


def drawn(icon: str) -> ET.Element:
    return ET.fromstring("".join(pictogram(icon, 10, 20, 24, "#123456")))


@pytest.mark.parametrize(
    "icon", ["folder", "folder-outline", "collection-image", "cloud-upload", "receipt", "image-alt", "time"]
)
def test_an_icon_has_a_picture_by_its_name_or_a_word_of_it(icon: str) -> None:
    title, shape = drawn(icon)
    assert title.text == icon
    assert (shape.tag, shape.get("fill")) == ("path", "#123456")


@pytest.mark.parametrize(
    ("icon", "letters"),
    [("balance-wallet", "BW"), ("airplane", "A"), ("${{ x }}", "X"), ("", "?"), ("<&>", "?")],
)
def test_any_other_is_shown_by_its_first_letters(icon: str, letters: str) -> None:
    title, shape = drawn(icon)
    assert ((title.text or ""), shape.text) == (icon, letters)
