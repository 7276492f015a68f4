"""Previews show nodes and cards as Supervisely will, are well-formed, and hold nothing that could act."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from slyflow.graph.drawing import MOST_STEPS
from slyflow.graph.preview import preview
from slyflow.graph.resolve import resolve
from slyflow.model.pipeline import Pipeline
from slyflow.syntax.load import load_source
from tests.graph.build import values

NAMESPACE = "{http://www.w3.org/2000/svg}"
SOURCE = """\
slyflow: 1
steps:
  fetch:
    app: owner/a-long-name-of-an-app/sub/import-images@v2.6.0
    target: {files_folder: /new/}
    outputs: {images: project}
    node:
      title: Import
      description: New lemons
      icon: cloud-upload
      icon_color: "#ffffff"
      icon_bg_color: "#2196f3"
  train:
    app: me/train
    target: {images_project: "${{ steps.fetch.outputs.images }}"}
    outputs:
      best:
        model_weight: {path: /w/*}
        card: {title: Best weights, icon: memory, icon_color: "#000000", icon_bg_color: "#00ff00"}
    node: {url: /experiments/, url_title: Experiments}
  told: {values: {text: "${{ run.id }}"}}
finally:
  tell: {app: me/tell, workflow: off}
"""


def made(source: str = SOURCE) -> Pipeline:
    loaded = load_source(source, "p.yaml", {})
    assert loaded.pipeline is not None, loaded.problems
    return loaded.pipeline


def drawn(pipeline: Pipeline, **names: str) -> str:
    dag = resolve(pipeline).dag
    assert dag is not None
    return preview(pipeline, dag, names)


def texts(picture: str, tag: str = "text") -> list[str]:
    return [found.text or "" for found in ET.fromstring(picture).iter(NAMESPACE + tag)]


def test_a_node_is_shown_with_all_of_its_settings() -> None:
    picture = drawn(made())
    assert {"Import", "New lemons", "Experiments ↗"} <= set(texts(picture))
    assert 'fill="#2196f3"' in picture
    titles = texts(picture, "title")
    assert "cloud-upload" in titles
    assert "train: me/train, me/train, Experiments: /experiments/" in titles


def test_cards_of_inputs_and_outputs_stand_in_the_node() -> None:
    picture = drawn(made())
    told = [
        title for title in texts(picture, "title") if ":" in title and title.startswith(("input", "output"))
    ]
    assert told == [
        "input files_folder: folder, files_folder, /new/",
        "output images: project, images",
        "input images_project: project, images_project, ${{ steps.fetch.outputs.images }}",
        "output best: model_weight, Best weights",
    ]
    assert texts(picture).count("▸") == texts(picture).count("◂") == 2
    assert 'fill="#00ff00"' in picture


def test_a_node_without_a_title_has_the_apps_name_where_it_is_known() -> None:
    assert "me/train" in texts(drawn(made()))
    named = texts(drawn(made(), train="Train YOLO"))
    assert "Train YOLO" in named
    assert "train  me/train" in named


def test_of_a_long_app_the_end_is_shown() -> None:
    (line,) = [text for text in texts(drawn(made())) if text.startswith("fetch  …")]
    assert line.endswith("import-images@v2.6.0")
    assert len(line) <= 30


def test_what_only_a_run_tells_is_shown_as_written_or_as_usual() -> None:
    source = SOURCE.replace("title: Import", 'title: "Import ${{ run.id }}"').replace(
        'icon_bg_color: "#2196f3"', 'icon_bg_color: "${{ run.id }}"'
    )
    picture = drawn(made(source))
    assert "Import ${{ run.id }}" in texts(picture)
    assert "#2196f3" not in picture


def test_steps_without_a_node_and_final_ones_are_drawn_too() -> None:
    shown = texts(drawn(made()))
    assert {"told", "values text", "tell  me/tell", "finally"} <= set(shown)


def test_nodes_do_not_overlap() -> None:
    boxes = [
        [float(found.get(name, "0")) for name in ("x", "y", "width", "height")]
        for found in ET.fromstring(drawn(made())).iter(NAMESPACE + "rect")
        if found.get("stroke")
    ]
    assert len(boxes) == 4
    for index, (x, y, width, height) in enumerate(boxes):
        for left, top, across, down in boxes[:index]:
            assert x + width <= left or left + across <= x or y + height <= top or top + down <= y


@given(st.text(max_size=60), st.text(max_size=30))
def test_no_text_becomes_markup_or_breaks_the_picture(title: str, name: str) -> None:
    step = values("one", {f'"/><script>{name}</script>': 1})
    plain = Pipeline("p", "p.yaml", {"one": step})
    tags = {element.tag.removeprefix(NAMESPACE) for element in ET.fromstring(drawn(plain)).iter()}
    assert tags <= {"svg", "rect", "g", "title", "text", "path"}
    named = drawn(made(), train=f'"><script>{title}</script>')
    tags = {element.tag.removeprefix(NAMESPACE) for element in ET.fromstring(named).iter()}
    assert tags <= {"svg", "rect", "g", "title", "text", "path"}
    named.encode()


def test_it_refers_to_nothing_outside() -> None:
    picture = drawn(made()).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not any(
        word in picture for word in ("href", "src=", "url(", "http", "@import", "<style", "onload")
    )


def test_too_many_steps_are_no_picture() -> None:
    steps = {f"s{index}": values(f"s{index}", {"x": 1}) for index in range(MOST_STEPS + 1)}
    assert texts(drawn(Pipeline("p", "p.yaml", steps))) == [
        f"{MOST_STEPS + 1} steps are too many for a picture"
    ]
