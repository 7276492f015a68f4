"""Lists in pages, from servers that page well, badly or not at all."""

from collections.abc import Callable
from itertools import chain, count, repeat
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slyflow.client.page import entities, pages
from slyflow.client.transport import Transport
from slyflow.errors import BadReply
from tests.client.conftest import Lasting
from tests.client.scripted import Script, Scripted, api

Serve = Callable[[Script], Scripted]
Connect = Callable[[Scripted], Transport]


def paged(ids: list[int], size: int) -> Callable[[Any], Any]:
    def answer(body: Any) -> Any:
        per_page = body.get("per_page", size)
        start = (body.get("page", 1) - 1) * per_page
        found = [{"id": id_} for id_ in ids[start : start + per_page]]
        count = -(-len(ids) // per_page)
        return {"total": len(ids), "perPage": per_page, "pagesCount": count, "entities": found}

    return answer


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10])
def test_all_pages_are_read_in_order(serve: Serve, connect: Connect, count: int) -> None:
    server = serve(api({"x.list": paged(list(range(1, count + 1)), 3)}))
    assert [row["id"] for row in entities(connect(server), "x.list", {"a": 1})] == list(range(1, count + 1))
    numbers = [request.json.get("page") for request in server.requests]
    assert numbers == ([None, 4, 3, 2, 1] if count == 10 else [None, 2, 1] if count == 4 else [None])
    assert server.requests[0].json == {"a": 1, "sort": "id", "sort_order": "asc"}


def test_a_bare_list_is_one_page(serve: Serve, connect: Connect) -> None:
    transport = connect(serve(api({"x.list": lambda _: [{"id": 1}, {"id": 2}]})))
    assert [row["id"] for row in entities(transport, "x.list", {})] == [1, 2]


def test_a_list_that_moves_while_it_is_read_is_read_again(serve: Serve, connect: Connect) -> None:
    # Between the pages of the first look, row 1 goes: row 3 moves up to a page that was read already.
    looks = chain([[1, 2, 3, 4]], repeat([2, 3, 4]))
    server = serve(api({"x.list": lambda body: paged(next(looks), 2)(body)}))
    assert [row["id"] for row in entities(connect(server), "x.list", {})] == [2, 3, 4]


def test_rows_seen_twice_count_once(serve: Serve, connect: Connect) -> None:
    # Between the pages, row 0 comes: row 2 moves down to the page that is read next.
    looks = chain([[1, 2, 3]], repeat([0, 1, 2, 3]))
    server = serve(api({"x.list": lambda body: paged(next(looks), 2)(body)}))
    assert [row["id"] for row in entities(connect(server), "x.list", {})] == [0, 1, 2, 3]


def test_what_any_reading_showed_is_returned_of_a_list_that_never_rests(
    serve: Serve, connect: Connect
) -> None:
    looks = (list(range(first, first + 4 + first % 2)) for first in count(1))
    shown: set[int] = set()

    def answer(body: Any) -> Any:
        page = paged(next(looks), 2)(body)
        shown.update(row["id"] for row in page["entities"])
        return page

    assert {row["id"] for row in entities(connect(serve(api({"x.list": answer}))), "x.list", {})} == shown
    assert shown > {1, 9}


# What happens before each request: how many rows go, counted from where, and whether as many come.
CHANGE = st.tuples(st.integers(0, 2), st.integers(0, 12), st.booleans())


@settings(max_examples=150)
@example(size=2, length=4, changes=[(1, 0, True)])
@given(size=st.integers(1, 4), length=st.integers(0, 12), changes=st.lists(CHANGE, min_size=1, max_size=25))
def test_rows_that_stay_are_never_missed_however_pages_shift(
    lasting: Lasting, size: int, length: int, changes: list[tuple[int, int, bool]]
) -> None:
    transport, answers = lasting
    ids = list(range(1, length + 1))
    stayed, new, left = set(ids), count(length + 1), iter(changes)

    def answer(body: Any) -> Any:
        gone, place, replaced = next(left, (0, 0, False)) if "page" in body else (0, 0, False)
        stayed.difference_update(ids[place : place + gone])
        del ids[place : place + gone]
        ids.extend(next(new) for _ in range(gone if replaced else place % 2))
        return paged(ids, size)(body)

    answers["x.list"] = answer
    found = [row["id"] for row in entities(transport, "x.list", {})]
    assert stayed <= set(found)
    assert len(found) == len(set(found))


def test_a_server_that_ignores_the_page_number_does_not_make_us_loop(serve: Serve, connect: Connect) -> None:
    same = {"total": 6, "perPage": 2, "pagesCount": 3, "entities": [{"id": 1}, {"id": 2}]}
    server = serve(api({"x.list": lambda _: same}))
    assert [row["id"] for row in entities(connect(server), "x.list", {})] == [1, 2]
    assert len(server.requests) == 12


@pytest.mark.parametrize("told", [{}, {"perPage": 0}, {"perPage": None}])
def test_a_page_that_does_not_tell_its_size_is_as_long_as_its_rows(
    serve: Serve, connect: Connect, told: dict[str, Any]
) -> None:
    def answer(body: Any) -> Any:
        page = paged([1, 2, 3], 2)(body)
        return {key: value for key, value in page.items() if key != "perPage"} | told

    server = serve(api({"x.list": answer}))
    assert [row["id"] for row in entities(connect(server), "x.list", {})] == [1, 2, 3]
    assert {request.json.get("per_page") for request in server.requests[1:]} == {2}


def test_an_empty_page_ends_the_list_whatever_was_promised(serve: Serve, connect: Connect) -> None:
    answer = {"total": 10**9, "perPage": 1, "pagesCount": 10**9, "entities": []}
    server = serve(api({"x.list": lambda _: answer}))
    assert [page.rows for page in pages(connect(server), "x.list", {})] == [[]]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "text",
        5,
        {},
        {"entities": None},
        {"entities": "ab"},
        {"entities": [1]},
        [None],
        {"entities": {}},
    ],
)
def test_a_list_of_the_wrong_shape_is_a_bad_reply(serve: Serve, connect: Connect, answer: Any) -> None:
    with pytest.raises(BadReply, match=r"x\.list"):
        entities(connect(serve(api({"x.list": lambda _: answer}))), "x.list", {})
