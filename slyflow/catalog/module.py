"""A module: an app in the ecosystem, with its releases and what its config says that it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from slyflow.catalog.argument import Argument, arguments_of
from slyflow.catalog.state import actual_target, launch_state
from slyflow.catalog.target import Target, find_target
from slyflow.catalog.version import newest
from slyflow.errors import UsageError
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.text import did_you_mean

NOTHING: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Release:
    """One release; `created_at` is the server's ISO 8601 time."""

    version: str
    created_at: str | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """One app of the ecosystem. Nothing that it hands out can change it or is shared with it.

    `config` is the app's own config as the instance tells it, `version` the release that this config is
    of where the instance says so, `archive_sha256` the hash of that release's code, which only an
    embedded instance tells.
    """

    id: int
    slug: str
    name: str
    kind: str = "app"
    version: str | None = None
    releases: tuple[Release, ...] = ()
    interface: Interface = field(kw_only=True, hash=False, repr=False)
    config: Mapping[str, Json] = field(kw_only=True, hash=False, repr=False)
    readme: str | None = field(default=None, repr=False)
    repository: str | None = None
    repository_url: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    archive_sha256: str | None = field(default=None, repr=False)

    @property
    def latest_release(self) -> Release | None:
        """The newest release by its number, None when there is none."""
        version = newest(release.version for release in self.releases)
        return next((release for release in self.releases if release.version == version), None)

    @property
    def modal_arguments(self) -> tuple[Argument, ...]:
        """What the app's modal window asks for, in its order."""
        return tuple(arguments_of(self.interface))

    @property
    def targets(self) -> tuple[str, ...]:
        """The context-menu targets that the app can be launched on; the ecosystem is none of them."""
        return self.interface.targets

    @property
    def from_ecosystem(self) -> bool:
        """Whether the app can be launched without a target."""
        return self.interface.from_ecosystem

    def arguments(
        self, *, target: Mapping[str, Json] = NOTHING, changes: Mapping[str, Json] = NOTHING
    ) -> dict[str, Json]:
        """Return the state to launch the app with: its defaults, changed, and the target's key.

        `target` is one target with its id or path, such as `{"images_project": 42}`; `project` and
        `dataset` stand for the family that the app takes. The result is the caller's own. UsageError for
        a target that the app does not take, a value that the target cannot have, a name in `changes`
        that the app does not declare, and for no target where one is needed.
        """
        self._check_changes(changes)
        if not target and not self.from_ecosystem:
            raise UsageError(
                f'app "{self.slug}" is launched on a target, and none is given',
                hint=f"it takes {self._targets()}",
            )
        checked = {name: self._target(name).checked(value) for name, value in target.items()}
        keys = [self._target(name).key for name in checked]
        if len(set(keys)) < len(keys):
            raise UsageError(f"targets {' and '.join(target)} set the same key of the state, {keys[0]}")
        return launch_state(self.interface, checked, changes, merge_defaults=True)

    def arguments_help(self) -> str:
        """Return, for a person, what the app takes: arguments with kinds and defaults, and targets."""
        lines = [f"{self.name} ({self.slug})"]
        if not self.interface.headless:
            lines.append("it has a page of its own and may wait there for a click")
        lines.append("arguments, with kind and default:" if self.modal_arguments else "no arguments")
        lines += [f"- {one.name}: {one.kind} = {one.shown}" for one in self.modal_arguments]
        if self.from_ecosystem:
            lines.append("it may be launched without a target")
        lines += ["targets:"] if self.targets else []
        for name in self.targets:
            target = find_target(name)
            lines.append(f"- {name}: {target.takes if target else 'not known to slyflow'}")
        return "\n".join(lines)

    def _target(self, name: str) -> Target:
        actual = actual_target(name, self.interface)
        if actual not in self.targets:
            known = f"it takes {self._targets()}" if self.targets else "launch it without a target"
            nearest = did_you_mean(name, self.targets)
            raise UsageError(f'app "{self.slug}" does not take the target "{name}"{nearest}', hint=known)
        found = find_target(actual)
        if found is None:
            raise UsageError(
                f'slyflow does not know which key of the state the target "{name}" sets',
                hint="start the app with a state of your own",
            )
        return found

    def _targets(self) -> str:
        return ", ".join(sorted(self.targets))

    def _check_changes(self, changes: Mapping[str, Json]) -> None:
        declared = [one.name for one in self.modal_arguments]
        for name in changes:
            if name not in declared:
                raise UsageError(
                    f'app "{self.slug}" declares no argument "{name}"{did_you_mean(name, declared)}',
                    hint="set what an app does not declare yourself in what arguments() returns",
                )
