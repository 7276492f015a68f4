"""The lock: what an instance said of each app that pipelines ask for, so that it need not be asked again."""

from collections.abc import Mapping, Sequence
from typing import Literal

from slyflow.model.interface import Interface
from slyflow.model.pipeline import AppAction, AppRef, Pipeline
from slyflow.problem import Span
from slyflow.record import record

FORMAT = 1
"""The version of the form that lock files have."""
EMBEDDED = "embedded"
"""What stands for the address of an embedded instance, which has another one each time."""
Asked = Literal["newest", "version", "branch"]


@record(frozen=True)
class LockedApp:
    """One app as pipelines ask for it, and what it was when it was locked.

    `release` is the release that was found, or the branch. `module_id` is None where the app comes from
    an embedded instance, which numbers apps as they come; there `archive_sha256` says which code it is.
    `pipelines` are the files that ask for it, relative to the lock's folder, sorted.
    """

    slug: str
    asked: Asked
    release: str
    name: str
    interface: Interface
    config_sha256: str
    module_id: int | None = None
    archive_sha256: str | None = None
    description: str | None = None
    pipelines: tuple[str, ...] = ()

    @property
    def is_branch(self) -> bool:
        """Whether the app runs from a branch, whose code may change under its name."""
        return self.asked == "branch"

    def reference(self, span: Span) -> AppRef:
        """Return what names exactly this release, or this branch."""
        slug = self.slug if self.module_id is None else None
        if self.is_branch:
            return AppRef(slug=slug, module_id=self.module_id, branch=self.release, span=span)
        return AppRef(slug=slug, module_id=self.module_id, version=self.release, span=span)


@record(frozen=True)
class Lock:
    """A lock file: `apps` by what pipelines ask for (`asked_for`), in order.

    `instance` is the address of the instance that was asked, or EMBEDDED; `path` is where the file lies,
    as a person names it.
    """

    path: str
    instance: str
    apps: Mapping[str, LockedApp]
    instance_version: str | None = None

    @property
    def pipelines(self) -> frozenset[str]:
        """The files that anything is locked for, relative to the lock's folder."""
        return frozenset(name for app in self.apps.values() for name in app.pipelines)


def asked_for(ref: AppRef) -> str | None:
    """Return what a reference asks for in one line, the key of a lock; None for a folder.

    An app in a folder is part of the repository, as the pipeline is: there is nothing to lock.
    """
    if ref.path is not None:
        return None
    if ref.slug is not None:
        what = ref.slug
    elif ref.name is not None:
        what = f'name "{ref.name}"'
    else:
        what = f"module {ref.module_id}"
    if ref.branch is not None:
        return f"{what}#{ref.branch}"
    return what if ref.version is None else f"{what}@{ref.version}"


def how_asked(ref: AppRef) -> Asked:
    """Return whether a reference names a branch, a version, or leaves it to be the newest."""
    if ref.branch is not None:
        return "branch"
    return "newest" if ref.version is None else "version"


def references(pipeline: Pipeline) -> Mapping[str, Sequence[AppRef]]:
    """Return what a pipeline's steps ask for that can be locked, each with all its places, in order."""
    found: dict[str, list[AppRef]] = {}
    for step in pipeline.all_steps.values():
        if isinstance(step.action, AppAction):
            asked = asked_for(step.action.app)
            if asked is not None:
                found.setdefault(asked, []).append(step.action.app)
    return found
