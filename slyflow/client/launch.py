"""What `tasks.run.app` is told, and what counts as its acceptance."""

from slyflow.client.row import as_id, rows
from slyflow.errors import BadReply
from slyflow.model.launch import Launch
from slyflow.model.value import Json

_KUBERNETES_KEYS = {
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


def payload(launch: Launch) -> dict[str, Json]:
    """Return the body of `tasks.run.app`, with the same keys as Supervisely's own SDK sends."""
    kubernetes = {
        _KUBERNETES_KEYS.get(key, key): value for key, value in launch.kubernetes.items() if value is not None
    }
    body: dict[str, Json] = {
        "taskName": launch.title,
        "description": launch.description,
        "moduleId": launch.app.module_id,
        "agentId": launch.agent_id,
        "workspaceId": launch.workspace.id,
        "params": {"state": launch.state},
        "logLevel": launch.log_level,
        "usersIds": [] if launch.user_id is None else [launch.user_id],
        "appVersion": launch.app.version,
        "isBranch": launch.app.is_branch,
        "restartPolicy": launch.restart_policy,
        "proxyKeepUrl": False,
        "advancedSettings": {"limitByWorkspace": launch.limit_by_workspace, **kubernetes},
    }
    return {**body, "singleSessionMode": True} if launch.multi_user else body


def started_id(answer: Json) -> int:
    """Return the id of the one session that the answer names; BadReply for anything else."""
    started = rows(answer, "tasks.run.app")
    session_id = started[0].get("taskId") if len(started) == 1 else None
    # Ids written as text are understood elsewhere; here nothing odd may count as accepted.
    if not isinstance(session_id, int) or as_id(session_id) is None:
        raise BadReply("tasks.run.app: the answer does not name exactly one session")
    return session_id
