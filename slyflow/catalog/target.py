"""Context-menu targets: what each stands for, the key of the state that carries it, the values it takes."""

from slyflow.errors import UsageError
from slyflow.model.interface import FAMILIES, target_key
from slyflow.model.value import Json
from slyflow.record import record

_PATHS = {
    "files_folder": "a folder in Team Files",
    "files_file": "a file in Team Files",
    "agent_folder": "a folder on an agent",
    "agent_file": "a file on an agent",
}
_IDS = {
    "project": "any project",
    "dataset": "any dataset",
    "team": "a team",
    "team_member": "a member of a team",
    "labeling_job": "a labeling job",
    "workspace": "a workspace",
} | {
    f"{family}_{kind}": f"a {kind} of {family.replace('_', ' ').removesuffix('s')}s"
    for family in FAMILIES
    for kind in ("project", "dataset")
}
_AGENT = "agent://"


@record(frozen=True)
class Target:
    """One target: `key` of `params.state` carries its path (with `by_path`) or id."""

    name: str
    key: str
    what: str
    by_path: bool

    @property
    def takes(self) -> str:
        """What its value is, in words."""
        return f"{self.what}: its {'path' if self.by_path else 'id'}"

    def checked(self, value: Json) -> Json:
        """Return a value that this target can have; UsageError for any other."""
        if self.by_path:
            if isinstance(value, str) and value.startswith(("/", _AGENT)):
                return value
            expected = 'a path that begins with "/"'
        else:
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
            expected = "an id, a whole number above 0"
        raise UsageError(f'target "{self.name}" is {value!r}, expected {expected}', hint=self.takes)


def find_target(name: str) -> Target | None:
    """Return what is known of a target, None for an unknown one."""
    what = _PATHS.get(name) or _IDS.get(name)
    return None if what is None else Target(name, target_key(name), what, name in _PATHS)
