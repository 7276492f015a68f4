"""Which addresses a token may be sent to."""

import pytest

from slyflow.client.address import check_address, check_token, is_loopback, proxy_for
from slyflow.errors import UsageError
from slyflow.secret import Secret


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("https://app.supervisely.com", "https://app.supervisely.com"),
        ("https://app.supervisely.com/", "https://app.supervisely.com"),
        ("HTTPS://App.Example.com:8443", "https://app.example.com:8443"),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("https://10.0.0.5", "https://10.0.0.5"),
        ("https://xn--e1afmkfd.example", "https://xn--e1afmkfd.example"),
    ],
)
def test_an_origin_is_accepted(text: str, origin: str) -> None:
    assert check_address(text) == origin


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "https://"),
        ("evil.com", "does not begin with https://"),
        ("app.supervisely.com:443", "does not begin with https://"),
        ("https:example.com", "does not begin with https://"),
        ("ftp://example.com", "does not begin with https://"),
        ("file:///etc/passwd", "does not begin with https://"),
        ("http://10.0.0.5", "not encrypted"),
        ("http://example.com", "not encrypted"),
        ("http://localhost:5000", "not encrypted"),
        ("http://127.0.0.1.evil.com", "not encrypted"),
        ("http://[::ffff:10.0.0.1]", "not encrypted"),
        ("https://user:hunter2@host", "user or a password"),
        ("https://host/path", "more than a host"),
        ("https://host?x=1", "more than a host"),
        ("https://host/?", "more than a host"),
        ("https://host#top", "more than a host"),
        ("https://", "no host"),
        ("https://host:99999", "no server address"),
        ("https://host:port", "no server address"),
        ("https://[::1", "no server address"),
        ("https://аpp.example.com", "outside ASCII"),
        ("https://host\n", "space"),
        ("https://ho\x1bst", "space"),
    ],
)
def test_anything_else_is_refused_with_a_reason(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        check_address(text)
    assert "hunter2" not in raised.value.message


@pytest.mark.parametrize("value", ["", "a b", "a\n", "é", "x" * 5000, "a\x7f"])
def test_a_token_that_cannot_travel_is_refused_unquoted(value: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_token(Secret(value))
    assert not value or value not in raised.value.message


def test_only_literals_are_loopback() -> None:
    assert [is_loopback(host) for host in ("127.0.0.1", "::1", "localhost", "8.8.8.8", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("url", "environ", "proxy"),
    [
        ("https://a.example", {}, None),
        ("https://a.example", {"https_proxy": "http://p:1"}, "http://p:1"),
        ("https://a.example", {"HTTPS_PROXY": "http://p:2"}, "http://p:2"),
        ("https://a.example", {"ALL_PROXY": "http://p:3"}, "http://p:3"),
        ("https://a.example", {"http_proxy": "http://p:4"}, None),
        ("http://127.0.0.1:1", {"https_proxy": "http://p:1"}, None),
        ("https://127.0.0.1:1", {"https_proxy": "http://p:1"}, None),
        ("https://a.example", {"https_proxy": "http://p:1", "no_proxy": "b.c, .example"}, None),
        ("https://a.example", {"https_proxy": "http://p:1", "NO_PROXY": "*"}, None),
        ("https://a.example:8443", {"https_proxy": "http://p:1", "NO_PROXY": "a.example:8443"}, None),
        ("https://a.example", {"https_proxy": "http://p:1", "no_proxy": "ample,,b"}, "http://p:1"),
    ],
)
def test_a_proxy_is_used_for_remote_instances_alone(
    url: str, environ: dict[str, str], proxy: str | None
) -> None:
    assert proxy_for(url, environ) == proxy
