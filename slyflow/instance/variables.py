"""The environment of a session: exactly what Supervisely's agent gives an app, and little of ours."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from slyflow.instance.folders import Folders

# By which the guard knows a process that left its session's group.
OWNER = "SLYFLOW_SESSION"
# What a session may inherit from the server; everything else, tokens above all, stays outside.
_INHERITED = frozenset(
    {"PATH", "TZ", "LANGUAGE", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES", "CUDA_HOME"}
    | {"NVIDIA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "MKL_NUM_THREADS"}
    | {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"}
    | {"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"}
)
# Larger values are left to the SDK to ask for, by this mark; the kernel refuses 128 KiB.
LARGEST_VALUE = 65536
LARGE_MARK = "@.@SLY_LARGE_ENV@.@"
_SHORTHANDS = {
    "slyProjectId": ("PROJECT_ID", "context.projectId"),
    "slyDatasetId": ("DATASET_ID", "context.datasetId"),
    "slyFile": ("FILE", "context.slyFile"),
    "slyFolder": ("FOLDER", "context.slyFolder"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """Who and where a session is. `token` is its own."""

    session_id: int
    url: str
    user_id: int
    user_login: str
    team_id: int
    workspace_id: int
    agent_id: int
    token: str = field(repr=False)


def session_environment(
    identity: Identity,
    folders: Folders,
    config: Mapping[str, Any],
    *,
    config_dir: str,
    state: Mapping[str, Any],
    log_level: str,
    port: int,
    inherited: Mapping[str, str],
) -> dict[str, str]:
    """Return the whole environment. `inherited` is the server's own, of which little passes."""
    context = _context(identity)
    variables: dict[str, Any] = {key: value for key, value in inherited.items() if key in _INHERITED}
    variables |= _around_proxies(inherited)
    variables |= _identity(identity, context, state)
    variables |= _places(folders)
    variables |= {
        "ENV": "production",
        "APP_MODE": "production",
        "LOG_LEVEL": log_level.upper(),
        "LOGLEVEL": log_level.upper(),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(folders.code),
        "LANG": "C.UTF-8",
        "PIP_ROOT_USER_ACTION": "ignore",
        "APP_NAME": str(config.get("name", "")),
        "icon": str(config.get("icon", "")),
        "APP_CATEGORIES": json.dumps(config.get("categories") or []),
        "CONFIG_DIR": config_dir,
        "BASE_URL": "",
        "VIRTUAL_HOST": f"task-{identity.session_id}",
        "VIRTUAL_PORT": port,
        # Without it every app's first call tries TLS with this server.
        "SUPERVISELY_SKIP_HTTPS_USER_HELPER_CHECK": "1",
        OWNER: identity.session_id,
    }
    variables |= _dotted("context", context)
    variables |= _dotted("modal.state", state)
    variables |= {"CONTEXT": json.dumps(context), "MODAL_STATE": json.dumps(dict(state))}
    for key, names in _SHORTHANDS.items():
        if state.get(key) is not None:
            variables |= dict.fromkeys(names, state[key])
    return dict(_texts(variables))


def _around_proxies(inherited: Mapping[str, str]) -> dict[str, str]:
    """Keep what a session says to this server off a proxy."""
    found = [inherited.get(name, "") for name in ("no_proxy", "NO_PROXY")]
    hosts = ",".join(filter(None, [*dict.fromkeys(found), "127.0.0.1,localhost"]))
    return {"no_proxy": hosts, "NO_PROXY": hosts}


def _context(identity: Identity) -> dict[str, Any]:
    return {
        "userId": identity.user_id,
        "userLogin": identity.user_login,
        "apiToken": identity.token,
        "spawnUserId": identity.user_id,
        "spawnUserLogin": identity.user_login,
        "spawnApiToken": identity.token,
        "teamId": identity.team_id,
        "workspaceId": identity.workspace_id,
        "taskId": identity.session_id,
    }


def _identity(identity: Identity, context: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "SERVER_ADDRESS": identity.url,
        "API_TOKEN": identity.token,
        "AGENT_TOKEN": identity.token,
        "TASK_ID": identity.session_id,
        "SUPERVISELY_TASK_ID": identity.session_id,
        "AGENT_ID": identity.agent_id,
        "USER_ID": identity.user_id,
        "USER_LOGIN": identity.user_login,
        "TEAM_ID": identity.team_id,
        "WORKSPACE_ID": identity.workspace_id,
        "_SPAWN_USER_ID": context["spawnUserId"],
        "_SPAWN_USER_LOGIN": context["spawnUserLogin"],
        "_SPAWN_API_TOKEN": context["spawnApiToken"],
        "AUTOSTART": state.get("autostart"),
    }


def _places(folders: Folders) -> dict[str, Any]:
    apps, home, files = folders.shared
    return {
        "SLY_APP_DATA_DIR": folders.data,
        # The older engine writes to /app and /apps_cache unless told otherwise.
        "DEBUG_APP_DIR": folders.session,
        "DEBUG_CACHE_DIR": apps,
        "APPS_CACHE_DIR": apps,
        "AGENT_STORAGE": files,
        "SUPERVISELY_AGENT_FILES": files,
        "SUPERVISELY_SYNCED_APP_DATA": folders.synced,
        "HOST_TASK_DIR": folders.session,
        # Not the user's own: credentials lie there.
        "HOME": home,
        "TMPDIR": folders.temporary,
    }


def _dotted(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten as the agent does: nested maps become dotted keys, and each key has an upper-case twin."""
    flat: dict[str, Any] = {}
    for key, value in _flatten(prefix, values):
        flat[key] = value
        flat[key.upper().replace(".", "_")] = value
    return flat


def _flatten(prefix: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(f"{prefix}.{key}", value)
        else:
            yield f"{prefix}.{key}", value


def _texts(variables: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in variables.items():
        text = "" if value is None else str(value)
        # None is an unset variable; a name or value that the kernel cannot take is one too.
        if value is None or "\0" in key + text or "=" in key:
            continue
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            continue
        yield key, LARGE_MARK if size > LARGEST_VALUE else text
