"""Requests that hide their token, and answers unpacked within a limit."""

import gzip

import pytest

from slyflow.client.exchange import Answer, Request, decoder
from slyflow.client.retry import SHORT
from slyflow.errors import BadReply

REQUEST = Request(
    "POST", "https://a.example:8443/public/api/v3/x?y=/z", {"x-api-key": "k3y"}, b"{}", SHORT, 10
)


def test_a_request_names_its_origin_and_hides_its_headers() -> None:
    assert REQUEST.origin == "https://a.example:8443"
    assert "k3y" not in repr(REQUEST)


def test_unpacking_stops_at_the_limit() -> None:
    decode = decoder(" GZIP ", REQUEST)
    assert decode(gzip.compress(bytes(1_000_000)), 11) == bytes(11)


def test_plain_content_is_left_alone() -> None:
    assert decoder("identity", REQUEST)(b"abc", 2) == b"abc"


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(BadReply, match=r"https://a\.example:8443 .* not asked for"):
        decoder("gzip, gzip", REQUEST)


def test_an_answer_says_whether_its_end_was_announced() -> None:
    assert Answer(200, {"content-length": "0"}, b"").is_bounded
    assert Answer(200, {"transfer-encoding": "chunked"}, b"").is_bounded
    assert not Answer(200, {}, b"").is_bounded
