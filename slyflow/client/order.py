"""One start of an app with every setting of `tasks.run.app`, checked before anything is sent."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from slyflow.client.row import as_id
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.record import field, record
from slyflow.secret import Secret
from slyflow.text import did_you_mean

LogLevel = Literal["debug", "info", "warning", "error"]
RestartPolicy = Literal["never", "on_error"]
LOG_LEVELS: tuple[LogLevel, ...] = ("debug", "info", "warning", "error")
RESTART_POLICIES: tuple[RestartPolicy, ...] = ("never", "on_error")
KUBERNETES_KEYS = {
    "use_health_check": "useHealthCheck",
    "request_cpus": "requestCpus",
    "limit_cpus": "limitCpus",
    "limit_memory_gb": "limitMemoryGb",
    "limit_shm_gb": "limitShmGb",
    "limit_storage_gb": "limitStorageGb",
    "limit_gpus": "limitGpus",
    "limit_gpu_memory_mb": "limitGpuMemoryMb",
    "limit_gpu_cores_perc": "limitGpuCoresPerc",
}
_KEY = "[!-~]{1,200}"


@record(frozen=True)
class Redirect:
    """Where the instance sends the session's requests instead, for debugging: a token and a local port."""

    token: Secret
    port: int


@record(frozen=True)
class Order:
    """What to start, where and how.

    `module_id` (or, on old servers, `app_id`) names the app; `version` None is its newest release, looked
    up first, and "" leaves the choice to the instance. `state` holds the app's arguments and target, also
    one that is itself named "state"; `params` is what stands beside it. `agent_id` None is any agent.
    `users` get a session each, none is the token's own user. `kubernetes` takes the keys of
    KUBERNETES_KEYS in either spelling; null counts as absent. `key` is sent as Idempotency-Key.
    """

    workspace_id: int
    module_id: int | None = None
    app_id: int | None = None
    version: str | None = None
    is_branch: bool = False
    name: str = "started by slyflow"
    description: str = ""
    state: Mapping[str, Json] = field(default_factory=dict, repr=False)
    params: Mapping[str, Json] = field(default_factory=dict, repr=False)
    agent_id: int | None = None
    users: Sequence[int] = ()
    multi_user: bool = False
    log_level: str = "info"
    restart_policy: str = "never"
    keeps_url: bool = False
    redirect: Redirect | None = None
    limit_by_workspace: bool = False
    kubernetes: Mapping[str, Json] = field(default_factory=dict)
    key: str | None = None


def check(order: Order) -> None:
    """UsageError saying the first thing in which the order makes no sense."""
    if (order.module_id is None) == (order.app_id is None):
        raise UsageError("an order names the app by module_id or by app_id, by exactly one of them")
    if order.is_branch and not order.version:
        raise UsageError("a branch is named by version, which is empty")
    named: dict[str, object] = {
        "workspace_id": order.workspace_id,
        "module_id": order.module_id,
        "app_id": order.app_id,
        "agent_id": order.agent_id,
        **{f"item {place} of users": user for place, user in enumerate(order.users)},
    }
    for name, value in named.items():
        if value is not None and not (isinstance(value, int) and as_id(value)):
            raise UsageError(f"{name} is {value!r}, expected an id: a whole number above 0")
    _check_word("log_level", order.log_level, LOG_LEVELS)
    _check_word("restart_policy", order.restart_policy, RESTART_POLICIES)
    if "state" in order.params:
        raise UsageError('params holds a "state" of its own; the app\'s arguments belong into state')
    if order.redirect is not None and not 0 < order.redirect.port < 65536:
        raise UsageError(f"the port to redirect to is {order.redirect.port}, expected 1 to 65535")
    if order.key is not None and not re.fullmatch(_KEY, order.key):
        raise UsageError("key is a text of at most 200 printable ASCII characters without spaces")
    limits(order.kubernetes)


def body(order: Order, version: str) -> dict[str, Json]:
    """Return the body of `tasks.run.app`, with the same keys as Supervisely's own SDK sends."""
    told: dict[str, Json] = {
        "taskName": order.name,
        "description": order.description,
        "agentId": order.agent_id,
        "workspaceId": order.workspace_id,
        "params": {**order.params, "state": order.state},
        "logLevel": order.log_level,
        "usersIds": list(order.users),
        "appVersion": version,
        "isBranch": order.is_branch,
        "restartPolicy": order.restart_policy,
        "proxyKeepUrl": order.keeps_url,
        "advancedSettings": {"limitByWorkspace": order.limit_by_workspace, **limits(order.kubernetes)},
        "moduleId" if order.module_id is not None else "appId": order.module_id or order.app_id,
    }
    if order.redirect is not None:
        told["redirectRequests"] = {"token": order.redirect.token.reveal(), "port": order.redirect.port}
    return {**told, "singleSessionMode": True} if order.multi_user else told


def limits(kubernetes: Mapping[str, Json]) -> dict[str, Json]:
    """Return Kubernetes settings under the API's names; UsageError for an unknown key or a wrong type."""
    known = {**KUBERNETES_KEYS, **{name: name for name in KUBERNETES_KEYS.values()}}
    found: dict[str, Json] = {}
    for key, value in kubernetes.items():
        if key not in known:
            raise UsageError(
                f'unknown Kubernetes setting "{key}"{did_you_mean(key, KUBERNETES_KEYS)}',
                hint=f"they are {', '.join(sorted(KUBERNETES_KEYS))}",
            )
        if value is None:
            continue
        is_flag = known[key] == "useHealthCheck"
        fits = isinstance(value, bool) if is_flag else _is_count(value)
        if not fits:
            raise UsageError(
                f"{key} is {value!r}, expected {'true or false' if is_flag else 'a whole number'}"
            )
        if known[key] in found:
            raise UsageError(f"the Kubernetes setting {key} is given twice")
        found[known[key]] = value
    return found


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _check_word(name: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        raise UsageError(
            f'{name} is "{word}"{did_you_mean(word, words)}', hint=f"it is one of {', '.join(words)}"
        )
