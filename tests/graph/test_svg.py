"""Pictures are well-formed, say every step and status, and hold nothing that could act."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from slyflow.graph.dag import from_needs
from slyflow.graph.drawing import MOST_STEPS
from slyflow.graph.svg import svg
from slyflow.model.run import StepStatus
from tests.graph.build import app, pipeline, values

NAMESPACE = "{http://www.w3.org/2000/svg}"
PIPELINE = pipeline(app("fetch"), values("count", {"best": 1}), app("late"), app("tell", is_final=True))
DAG = from_needs({"fetch": [], "count": ["fetch"], "late": ["fetch", "count"], "tell": []})


def _texts(picture: str, tag: str = "text") -> list[str]:
    return [found.text or "" for found in ET.fromstring(picture).iter(NAMESPACE + tag)]


def test_every_step_is_shown_with_what_it_does() -> None:
    texts = _texts(svg(PIPELINE, DAG))
    assert [text for text in texts if text != "finally"] == [
        text for step in DAG.steps for text in (step, "values best" if step == "count" else "me/it@v1")
    ]


def test_every_dependency_is_a_line_with_a_head() -> None:
    drawn = ET.fromstring(svg(PIPELINE, DAG)).iter(NAMESPACE + "path")
    assert sum(path.get("fill") == "none" for path in drawn) == 3


def test_final_steps_stand_behind_a_line() -> None:
    assert _texts(svg(PIPELINE, DAG)).count("finally") == 1
    without = pipeline(app("fetch"))
    assert "finally" not in svg(without, from_needs({"fetch": []}))


def test_statuses_are_told_by_colour_mark_and_word() -> None:
    picture = svg(PIPELINE, DAG, {"fetch": StepStatus.SUCCEEDED, "count": StepStatus.FAILED})
    assert {"✓", "✗"} <= set(_texts(picture))
    titles = _texts(picture, "title")
    assert titles[:3] == [
        "fetch: me/it@v1, succeeded",
        "count: values best, failed",
        "late: me/it@v1, waiting",
    ]


@given(st.text(max_size=60))
def test_no_name_becomes_markup_or_breaks_the_picture(name: str) -> None:
    odd = values("one", {f'"/><script>{name}</script>': 1})
    picture = svg(pipeline(odd), from_needs({"one": []}))
    tags = {element.tag.removeprefix(NAMESPACE) for element in ET.fromstring(picture).iter()}
    assert tags <= {"svg", "rect", "g", "title", "text"}
    picture.encode()


def test_it_refers_to_nothing_outside() -> None:
    picture = svg(PIPELINE, DAG).replace("http://www.w3.org/2000/svg", "")
    assert "href" not in picture
    assert "url(" not in picture
    assert "http" not in picture


def test_secrets_are_taken_out() -> None:
    hidden = svg(PIPELINE, DAG, redact=lambda text: text.replace("best", "***"))
    assert "best" not in hidden
    assert "values ***" in _texts(hidden)


def test_too_many_steps_are_not_drawn() -> None:
    steps = [values(f"s{index}", {"x": 1}) for index in range(MOST_STEPS + 1)]
    picture = svg(pipeline(*steps), from_needs({step.id: [] for step in steps}))
    assert _texts(picture) == [f"{MOST_STEPS + 1} steps are too many for a picture"]
    steps.pop()
    assert len(_texts(svg(pipeline(*steps), from_needs({step.id: [] for step in steps})))) == 2 * MOST_STEPS
