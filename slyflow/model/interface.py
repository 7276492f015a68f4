"""What an app takes: its targets, arguments and defaults, as its own config declares them."""

from collections.abc import Mapping

from slyflow.model.artifact import Kind
from slyflow.model.value import Json
from slyflow.record import record

# Context-menu target → key of `params.state` that carries its id or path. The `*_project` and
# `*_dataset` families are covered by their endings. Source: app configs; the SDK's own table lacks
# agent_folder, agent_file, workspace and the meshes family.
_TARGET_KEYS = {
    "files_folder": "slyFolder",
    "files_file": "slyFile",
    "agent_folder": "slyFolder",
    "agent_file": "slyFile",
    "team": "slyTeamId",
    "team_member": "slyMemberId",
    "labeling_job": "slyJobId",
    "workspace": "slyWorkspaceId",
}
FAMILIES = ("images", "videos", "volumes", "point_cloud", "point_cloud_episodes", "meshes")
TARGETS = frozenset(_TARGET_KEYS) | {
    f"{family}_{kind}" for family in FAMILIES for kind in ("project", "dataset")
}
GENERIC_TARGETS = frozenset({"project", "dataset"})

# What a target says of its data: only these can stand in the workflow graph.
_TARGET_KINDS = {
    "project": Kind.PROJECT,
    "dataset": Kind.DATASET,
    "files_file": Kind.FILE,
    "files_folder": Kind.FOLDER,
    "labeling_job": Kind.JOB,
}


def target_kind(target: str) -> Kind | None:
    """Return what kind of input of its session a target names, None when it is none."""
    family = next((end for end in ("project", "dataset") if target.endswith(end)), target)
    return _TARGET_KINDS.get(family)


def target_key(target: str) -> str:
    """Return the key of `params.state` for a target of TARGETS or GENERIC_TARGETS."""
    if target.endswith("project"):
        return "slyProjectId"
    if target.endswith("dataset"):
        return "slyDatasetId"
    return _TARGET_KEYS[target]


@record(frozen=True)
class Interface:
    """An app's declared interface.

    `targets` is empty when the app declares none; `arguments` are the defaults of its modal window
    (`modalTemplateState`), None when it declares no state at all. `restart_policy` is the app's own wish.
    """

    targets: tuple[str, ...]
    arguments: Mapping[str, Json] | None
    from_ecosystem: bool
    headless: bool
    min_instance_version: str | None = None
    restart_policy: str | None = None


@record(frozen=True)
class App:
    """One version of an app as an instance knows it; with `is_branch` the version is a branch.

    `config_sha256` is that of its config (`catalog.config.fingerprint`), `archive_sha256` that of its
    code, which only an embedded instance tells; None = not told.
    """

    slug: str
    module_id: int
    version: str
    name: str
    interface: Interface
    is_branch: bool = False
    config_sha256: str | None = None
    archive_sha256: str | None = None
