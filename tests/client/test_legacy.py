"""What the SDK refuses is refused here with what to use instead."""

import inspect

import pytest

from slyflow.client.instance import Instance
from slyflow.client.legacy import Legacy
from slyflow.errors import Unsupported
from slyflow.secret import Secret
from tests.client.conftest import TOKEN

NAMES = [name for name, _ in inspect.getmembers(Legacy, inspect.isfunction)]


def test_there_are_names_to_refuse() -> None:
    assert {"run_dtl", "run_train", "run_inference", "deploy_model", "upload_files"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_name_says_what_to_use_instead(name: str) -> None:
    instance = Instance("http://127.0.0.1:1", Secret(TOKEN))
    with pytest.raises(Unsupported, match=name) as raised:
        getattr(instance.legacy, name)(1, agent_id=2)
    # The hint names things that this very client has.
    named = [word.strip(",") for word in str(raised.value.hint).split() if "." in word]
    assert named
    for word in named:
        group, _, method = word.partition(".")
        assert callable(getattr(getattr(instance, group), method)), word
