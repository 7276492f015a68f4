"""One embedded instance for all conformance tests, and the official SDK as its client."""

import os
import warnings
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from slyflow.instance.process import ensure
from tests.conformance.judge import Judge


def pytest_configure(config: pytest.Config) -> None:
    # The SDK leaves sockets and event loops open, and uses what is deprecated: not ours to judge.
    if find_spec("supervisely") is not None:
        config.addinivalue_line("filterwarnings", "ignore")
        # Some of it is only collected after the last test, where the line above no longer counts.
        warnings.simplefilter("ignore")


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    sly = pytest.importorskip("supervisely")
    with (
        pytest.MonkeyPatch.context() as environment,
        ensure(tmp_path_factory.mktemp("instance"), slots=2) as instance,
    ):
        for name in tuple(os.environ):
            if name.startswith(("SUPERVISELY_", "CONTEXT_", "SLYFLOW_")) or name in (
                "SERVER_ADDRESS",
                "API_TOKEN",
            ):
                environment.delenv(name)
        # Elsewhere the SDK leaves the workflow graph alone, and probes each address for https first.
        environment.setenv("ENV", "production")
        environment.setenv("SUPERVISELY_SKIP_HTTPS_USER_HELPER_CHECK", "1")
        token = instance.token.reveal()
        api = sly.Api(instance.url, token, retry_count=1)
        api.app.workflow.enable()
        yield Judge(api, instance.url, token)
