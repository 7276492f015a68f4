"""Whose a token is."""

from slyflow.instance.keyring import Keyring
from slyflow.instance.principal import Principal


def test_users_token_is_the_users_and_a_sessions_the_sessions_while_it_lives() -> None:
    keyring = Keyring("user-token", 1)
    keyring.admit("session-token", 7)
    assert keyring.recognise("user-token") == Principal(1)
    assert keyring.recognise("session-token") == Principal(1, 7)
    keyring.dismiss("session-token")
    assert keyring.recognise("session-token") is None
    keyring.dismiss("session-token")


def test_other_texts_open_nothing() -> None:
    keyring = Keyring("user-token", 1)
    for text in ("", "user-toke", "user-token ", "USER-TOKEN", "\udcff", "ключ"):
        assert keyring.recognise(text) is None
