"""The page of a pipeline says all that its nodes will say, stands alone, and holds nothing that could act."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from slyflow.graph.resolve import resolve
from slyflow.report.page import graph_page
from tests.graph.test_preview import SOURCE, made


class Tags(HTMLParser):
    """Notes which elements and attributes a page has."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def page(source: str = SOURCE, **names: str) -> str:
    pipeline = made(source)
    dag = resolve(pipeline).dag
    assert dag is not None
    return graph_page(pipeline, dag, names)


def test_everything_that_a_node_says_is_on_the_page() -> None:
    found = Tags(page(train="Train YOLO"))
    words = " ".join(found.words)
    for text in (
        "Import",
        "New lemons",
        "fetch, owner/a-long-name-of-an-app/sub/import-images@v2.6.0",
        "Train YOLO",
        "Experiments",
        "/experiments/",
        "Best weights",
        "output best, model_weight",
        "${{ steps.fetch.outputs.images }}",
        "finally",
    ):
        assert text in words


def test_params_and_description_are_on_the_page() -> None:
    source = (
        "slyflow: 1\ndescription: About lemons\nparams:\n  n: {type: integer, default: 7}\n" + SOURCE[11:]
    )
    words = Tags(page(source)).words
    assert {"About lemons", "n", "integer", "7"} <= set(words)
    assert "params" not in Tags(page()).words


@given(st.text(max_size=60).filter(lambda text: "${{" not in text))
def test_no_text_becomes_markup(text: str) -> None:
    odd = f'</style></title>"><script>{text}</script><img src=x onerror=y>'
    found = Tags(page(train=odd))
    assert found.tags.isdisjoint({"script", "img", "a", "link", "iframe", "object", "form"})
    assert not any(name.startswith("on") or name in ("src", "href") for name in found.names)
    assert "script>" in " ".join(found.words)


def test_the_page_forbids_itself_to_load_or_run_anything() -> None:
    text = page()
    assert "default-src 'none'" in text
    assert not any(word in text for word in ("href=", "src=", "url(", "@import"))
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")


def test_the_same_pipeline_gives_the_same_page() -> None:
    assert page() == page()
