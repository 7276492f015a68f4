"""Tests of slyflow.graph.draw."""

from slyflow.graph.dag import from_needs
from slyflow.graph.draw import draw
from slyflow.graph.preview import preview
from tests.graph.build import app, pipeline, values

PIPELINE = pipeline(
    app("fetch"),
    values('odd"<b>', {"best": 1}),
    app("late"),
    app("tell", is_final=True),
)
DAG = from_needs({"fetch": [], 'odd"<b>': ["fetch"], "late": ["fetch", 'odd"<b>'], "tell": []})


def test_text_shows_waves_and_what_each_step_comes_after() -> None:
    assert draw(PIPELINE, DAG, "text").splitlines() == [
        "1  fetch    me/it@v1",
        '2  odd"<b>  values best  after fetch',
        '3  late     me/it@v1     after fetch, odd"<b>',
        "finally",
        "1  tell     me/it@v1",
    ]


def test_mermaid_escapes_labels() -> None:
    assert draw(PIPELINE, DAG, "mermaid").splitlines() == [
        "flowchart LR",
        '  s0["fetch<br/>me/it@v1"]',
        '  s1("odd#34;#60;b#62;<br/>values best")',
        '  s2["late<br/>me/it@v1"]',
        "  subgraph finally",
        '    s3["tell<br/>me/it@v1"]',
        "  end",
        "  s0 --> s1",
        "  s0 --> s2",
        "  s1 --> s2",
    ]


def test_dot_escapes_names() -> None:
    assert draw(PIPELINE, DAG, "dot").splitlines() == [
        'digraph "p" {',
        "  rankdir=LR;",
        "  node [shape=box];",
        '  "fetch" [label="fetch\\nme/it@v1"];',
        '  "odd\\"<b>" [label="odd\\"<b>\\nvalues best", style=rounded];',
        '  "late" [label="late\\nme/it@v1"];',
        "  subgraph cluster_finally {",
        '    label="finally";',
        '    "tell" [label="tell\\nme/it@v1"];',
        "  }",
        '  "fetch" -> "odd\\"<b>";',
        '  "fetch" -> "late";',
        '  "odd\\"<b>" -> "late";',
        "}",
    ]


def test_svg_is_the_picture_of_the_workflow_nodes() -> None:
    assert draw(PIPELINE, DAG, "svg") == preview(PIPELINE, DAG, {}) + "\n"
