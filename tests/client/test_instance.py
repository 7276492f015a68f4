"""The door: made from an environment, silent about its token, and quiet until it is used."""

import ast
import subprocess
import sys

import pytest

from slyflow.client.instance import Instance, ca_file
from slyflow.errors import UsageError
from slyflow.secret import Secret
from tests.client.conftest import TOKEN
from tests.client.scripted import TLS, Scripted, api

FOUND = {"SERVER_ADDRESS": "http://127.0.0.1:1", "API_TOKEN": TOKEN}


def test_an_instance_is_made_from_the_environment_without_a_request() -> None:
    instance = Instance.from_environment(FOUND)
    assert instance.url == "http://127.0.0.1:1"
    assert TOKEN not in repr(instance) + repr(vars(instance))
    instance.close()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        (["API_TOKEN"], "API_TOKEN not set"),
        (["SERVER_ADDRESS"], "SERVER_ADDRESS not set"),
        (["SERVER_ADDRESS", "API_TOKEN"], "SERVER_ADDRESS and API_TOKEN not set"),
    ],
)
def test_what_is_missing_is_named(missing: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Instance.from_environment({name: value for name, value in FOUND.items() if name not in missing})


def test_a_remote_instance_has_no_traces() -> None:
    with Scripted(api({"instance.version": lambda _: {"version": "6.17.8"}})) as server:
        instance = Instance(server.url, Secret(TOKEN))
        assert instance.tracing is None
        assert instance.version == "6.17.8"
        instance.close()


def test_an_authority_of_ones_own_is_taken_from_the_environment() -> None:
    certificate = str(TLS / "certificate.pem")
    with Scripted(api({"instance.version": lambda _: {"version": "1"}}), tls=True) as server:
        environ = {"SERVER_ADDRESS": server.url, "API_TOKEN": TOKEN, "SSL_CERT_FILE": certificate}
        instance = Instance.from_environment(environ)
        assert instance.version == "1"
        instance.close()
    assert ca_file({"REQUESTS_CA_BUNDLE": "a", "SSL_CERT_FILE": "b"}) == "a"
    assert ca_file({}) is None


def test_a_session_token_is_a_secret() -> None:
    answer = {"instance.get-render-previews-session-token": lambda body: body["slug"] + " token"}
    with Scripted(api(answer)) as server:
        instance = Instance(server.url, Secret(TOKEN))
        token = instance.session_token("a/b")
        assert token.reveal() == '"a/b token"'
        assert "a/b" not in repr(token)
        instance.close()


def test_what_a_run_does_without_is_imported_when_it_is_used() -> None:
    script = (
        "import sys; from slyflow.client import Instance; from slyflow.secret import Secret;"
        f"i = Instance('http://127.0.0.1:1', Secret('{TOKEN}'));"
        "print(sorted(m.rpartition('.')[2] for m in sys.modules if m.startswith('slyflow.client.')));"
        "[getattr(i, name) for name in ('endpoints', 'fields', 'logs', 'outputs', 'waiting', 'legacy')];"
        "print('slyflow.client.waiting' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    before, after = done.stdout.splitlines()
    assert {"sessions", "workflow"} <= set(ast.literal_eval(before))
    assert {"endpoints", "logs", "outputs", "waiting", "legacy"}.isdisjoint(ast.literal_eval(before))
    assert after == "True"
