"""One embedded instance for all conformance tests, and the official SDK as its client."""

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from typing import Any

import pytest

from slyflow.instance.process import ensure
from tests.conformance.judge import Judge
from tests.conformance.recorder import Recorder, Replies


def pytest_configure(config: pytest.Config) -> None:
    # The SDK leaves sockets and event loops open, and uses what is deprecated: not ours to judge.
    if find_spec("supervisely") is not None:
        config.addinivalue_line("filterwarnings", "ignore")
        # Some of it is only collected after the last test, where the line above no longer counts.
        warnings.simplefilter("ignore")


@pytest.fixture(scope="session")
def sdk() -> Iterator[Any]:
    """Import the official SDK, in an environment in which it does all that it can."""
    with pytest.MonkeyPatch.context() as environment:
        for name in tuple(os.environ):
            if name.startswith(("SUPERVISELY_", "CONTEXT_", "SLYFLOW_")) or name in (
                "SERVER_ADDRESS",
                "API_TOKEN",
            ):
                environment.delenv(name)
        # Elsewhere the SDK leaves the workflow graph alone, and probes each address for https first.
        environment.setenv("ENV", "production")
        environment.setenv("SUPERVISELY_SKIP_HTTPS_USER_HELPER_CHECK", "1")
        yield pytest.importorskip("supervisely")


@pytest.fixture(scope="session")
def judge(sdk: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with ensure(tmp_path_factory.mktemp("instance"), slots=2) as instance:
        token = instance.token.reveal()
        api = sdk.Api(instance.url, token, retry_count=1)
        api.app.workflow.enable()
        yield Judge(api, instance.url, token)


@pytest.fixture(scope="session")
def record(sdk: Any) -> Iterator[Callable[[Replies], Recorder]]:
    """Start recording servers that end with the tests."""
    with ExitStack() as started:
        yield lambda replies: started.enter_context(Recorder(sdk, replies))
