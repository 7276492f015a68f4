"""Secrets are known by their key, their form or their value, and become variables of the environment."""

import pytest

from slyflow.catalog.draft.secrecy import Secrets, looks_secret
from slyflow.syntax.emit import Code


@pytest.mark.parametrize(
    "key", ["password", "dbPassword", "API_TOKEN", "apiKey", "AWSSecretKey", "access-key", "s3.private_key"]
)
def test_a_secrets_key_is_known(key: str) -> None:
    assert looks_secret(key)


@pytest.mark.parametrize("key", ["key", "tokenizer", "keyboard", "max_tokens", "monkey", "project", ""])
def test_other_keys_are_not_taken_for_secrets(key: str) -> None:
    assert not looks_secret(key)


def test_each_secret_gets_one_variable_of_its_step() -> None:
    secrets = Secrets(lambda text: text.replace("known", "***"))
    assert secrets.swap("train", "api_token", "abcd") == Code("secrets.TRAIN_API_TOKEN")
    assert secrets.swap("train", "apiToken", "abcd") == Code("secrets.TRAIN_API_TOKEN")
    assert secrets.swap("train", "api_token", "efgh") == Code("secrets.TRAIN_API_TOKEN_2")
    assert secrets.swap("train", "note", "it is known") == Code("secrets.TRAIN_NOTE")
    assert secrets.swap("train", "url", "ftp://me:word@host/x") == Code("secrets.TRAIN_URL")
    assert secrets.swap("serve", "api_token", "abcd") == Code("secrets.SERVE_API_TOKEN")
    assert list(secrets.names) == [
        "TRAIN_API_TOKEN",
        "TRAIN_API_TOKEN_2",
        "TRAIN_NOTE",
        "TRAIN_URL",
        "SERVE_API_TOKEN",
    ]


def test_what_holds_no_text_is_no_secret() -> None:
    secrets = Secrets(lambda text: text)
    assert [secrets.swap("a", "token", value) for value in ("", None, 5, True, ["x"], {"x": "y"})] == [
        None
    ] * 6
    assert secrets.swap("a", "url", "https://host/me:word@x") is None
    assert secrets.names == {}
