"""Orders that make sense, those that do not, and what goes over the wire."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slyflow.client.order import KUBERNETES_KEYS, LOG_LEVELS, Order, Redirect, body, check, limits
from slyflow.errors import UsageError
from slyflow.secret import Secret

ORDER = Order(workspace_id=4, module_id=9)


def test_a_plain_order_makes_sense_and_sends_no_optional_key() -> None:
    check(ORDER)
    sent = body(ORDER, "v1")
    assert {"redirectRequests", "singleSessionMode", "appId"}.isdisjoint(sent)
    assert (sent["moduleId"], sent["appVersion"], sent["usersIds"]) == (9, "v1", [])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"module_id": None}, "exactly one"),
        ({"app_id": 8}, "exactly one"),
        ({"module_id": 0}, "module_id is 0, expected an id"),
        ({"module_id": None, "app_id": -1}, "app_id is -1"),
        ({"workspace_id": "4"}, "workspace_id is '4'"),
        ({"agent_id": 0}, "agent_id is 0"),
        ({"users": (1, True)}, "item 1 of users is True"),
        ({"is_branch": True}, "a branch is named by version"),
        ({"is_branch": True, "version": ""}, "a branch is named by version"),
        ({"log_level": "warn"}, 'log_level is "warn"'),
        ({"restart_policy": "always"}, 'restart_policy is "always"'),
        ({"params": {"state": {}}}, 'params holds a "state"'),
        ({"redirect": Redirect(Secret("word"), 0)}, "port to redirect to is 0"),
        ({"redirect": Redirect(Secret("word"), 70000)}, "port to redirect to is 70000"),
        ({"key": "é"}, "key is a text"),
        ({"key": "a\r\nx-evil: 1"}, "key is a text"),
        ({"key": ""}, "key is a text"),
        ({"key": "x" * 201}, "key is a text"),
        (
            {"kubernetes": {"limit_cpu": 1}},
            'unknown Kubernetes setting "limit_cpu", did you mean "limit_cpus"',
        ),
        ({"kubernetes": {"limit_cpus": "2"}}, "limit_cpus is '2', expected a whole number"),
        ({"kubernetes": {"limit_cpus": True}}, "limit_cpus is True, expected a whole number"),
        ({"kubernetes": {"limitGpus": -1}}, "limitGpus is -1"),
        ({"kubernetes": {"use_health_check": 1}}, "use_health_check is 1, expected true or false"),
        ({"kubernetes": {"limit_cpus": 1, "limitCpus": 1}}, "given twice"),
    ],
    ids=str,
)
def test_an_order_that_makes_no_sense_is_refused_with_words(change: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        check(replace(ORDER, **change))
    assert said in raised.value.message


def test_a_word_that_is_misspelt_is_told_with_its_neighbour() -> None:
    with pytest.raises(UsageError) as raised:
        check(replace(ORDER, log_level="warnin"))
    assert 'did you mean "warning"?' in raised.value.message
    assert str(raised.value.hint) == f"it is one of {', '.join(LOG_LEVELS)}"


def test_a_modal_parameter_named_state_is_no_wrapper() -> None:
    sent = body(replace(ORDER, state={"state": {"a": 1}}), "")
    assert sent["params"] == {"state": {"state": {"a": 1}}}


def test_a_redirect_s_token_is_sent_and_never_shown() -> None:
    order = replace(ORDER, redirect=Redirect(Secret("a-secret-word"), 8000))
    assert "a-secret-word" not in repr(order)
    assert body(order, "")["redirectRequests"] == {"token": "a-secret-word", "port": 8000}


@given(st.dictionaries(st.sampled_from(sorted(KUBERNETES_KEYS)), st.none() | st.integers(0, 2**40)))
def test_kubernetes_settings_mean_the_same_in_both_spellings(told: dict[str, Any]) -> None:
    told = {
        key: bool(value) if key == "use_health_check" and value is not None else value
        for key, value in told.items()
    }
    camel = {KUBERNETES_KEYS[key]: value for key, value in told.items()}
    assert limits(told) == limits(camel) == {key: value for key, value in camel.items() if value is not None}
