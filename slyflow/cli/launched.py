"""What an instance tells of sessions that someone launched, read for a draft of the pipeline."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from slyflow.catalog.draft.launched import Launched
from slyflow.catalog.draft.naming import app_id, free_id, words_of
from slyflow.cli.sessionsettings import settings_of, step_told
from slyflow.client.row import Row, as_id, at
from slyflow.errors import Rejected, Unsupported, UsageError
from slyflow.model.artifact import Kind
from slyflow.model.interface import App
from slyflow.model.pipeline import AppRef
from slyflow.model.session import Session
from slyflow.model.value import Json
from slyflow.problem import Span

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

_SPAN = Span("the command line", 1, 1, 1, 1)
_SLUG = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)+")
_VERSION = re.compile(r"[A-Za-z0-9_.+-]+")
_NAMED = {"project": Kind.PROJECT, "dataset": Kind.DATASET, "job": Kind.JOB}
# What cannot be looked up any more, or never could.
_GONE = (Rejected, Unsupported, UsageError)


def read_launch(instance: "Instance", session: Session, taken: Sequence[str]) -> Launched:
    """Return how a session was launched, its step with an id not in `taken`.

    UsageError when it is a task of another kind.
    """
    module_id = session.module_id
    kind = session.info.get("type", "app")
    if kind != "app" or module_id is None:
        raise UsageError(f"{session.id} is a task of the type {kind}, not the session of an app")
    app = _app(instance, session, module_id)
    step = step_told(session)
    state = _state(session.info)
    return Launched(
        session.id,
        free_id(step, taken) if step else app_id(_slug(session, app), taken),
        _reference(session, app, module_id),
        app,
        state,
        tuple(settings_of(instance, session, app)),
        {key: name for key, value in state.items() if (name := _name(instance, key, value))},
    )


def _app(instance: "Instance", session: Session, module_id: int) -> App | None:
    version, is_branch = _version(session)
    ref = AppRef(
        module_id=module_id,
        version=None if is_branch else version,
        branch=version if is_branch else None,
        span=_SPAN,
    )
    try:
        return instance.catalog.app(ref, ".")
    except _GONE:
        return None


def _version(session: Session) -> tuple[str | None, bool]:
    version = at(session.info, "meta", "app", "version")
    known = version if isinstance(version, str) and version else None
    return known, known is not None and at(session.info, "meta", "app", "isBranch") is True


def _slug(session: Session, app: App | None) -> str:
    told = at(session.info, "meta", "app", "slug") or at(session.info, "meta", "app", "name")
    return app.slug if app is not None else str(told or "step")


def _reference(session: Session, app: App | None, module_id: int) -> Json:
    """Return what the step says under `app`: the slug where it is known, else the module's id."""
    version, is_branch = _version(session)
    slug = app.slug if app is not None and _SLUG.fullmatch(app.slug) else None
    named: dict[str, Json] = {"module_id": module_id} if slug is None else {"slug": slug}
    if version is None:
        return slug or named
    if is_branch:
        return {**named, "branch": version}
    return f"{slug}@{version}" if slug and _VERSION.fullmatch(version) else {**named, "version": version}


def _state(row: Row) -> Mapping[str, Json]:
    for place in (("meta", "params", "state"), ("settings", "message", "state")):
        state = at(row, *place)
        if isinstance(state, Mapping):
            return state
    return {}


def _name(instance: "Instance", key: str, value: Json) -> str | None:
    """Return what the thing is called whose id this is, as its key says; None when it is no id."""
    kind = next((_NAMED[word] for word in reversed(words_of(key)) if word in _NAMED), None)
    identity = as_id(value)
    if kind is None or identity is None:
        return None
    try:
        return instance.projects.artifact(kind, identity).name
    except _GONE:
        return "no longer there"
