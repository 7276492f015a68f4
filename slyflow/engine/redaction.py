"""What of an event the journal must not keep: secrets, in text that comes from outside this program."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from slyflow.model.artifact import Artifact, Computed
from slyflow.model.event import (
    AttemptFailed,
    EdgeFailed,
    EdgeIntended,
    EdgeWritten,
    Event,
    LaunchIntended,
    LaunchNotSent,
    OutputsFound,
    RunCancelled,
    RunClosed,
    RunCreated,
    RunInterrupted,
    StepEnded,
    StopRequested,
    Warned,
)
from slyflow.model.node import EdgeKey
from slyflow.model.run import Failure, StepResult
from slyflow.model.value import map_texts

T = TypeVar("T")
Redact = Callable[[str], str]

# The fields that hold foreign text, or what holds some. Everything else (ids, names of steps, markers,
# hashes, statuses, the file that a resume reads again) must come back exactly as it was, even where it
# happens to look like a secret.
_FOREIGN: Mapping[type, tuple[str, ...]] = {
    RunCreated: ("params",),
    LaunchIntended: ("inputs",),
    LaunchNotSent: ("reason",),
    StopRequested: ("failure",),
    OutputsFound: ("outputs",),
    EdgeIntended: ("key",),
    EdgeWritten: ("key",),
    EdgeFailed: ("key", "message"),
    AttemptFailed: ("failure",),
    StepEnded: ("result",),
    Warned: ("message",),
    RunInterrupted: ("reason",),
    RunCancelled: ("reason",),
    RunClosed: ("outputs",),
    StepResult: ("outputs", "failure", "reason"),
    Failure: ("message",),
}
# Of these a resume must know which values the journal does not have whole.
_WITH_HIDDEN = (RunCreated, LaunchIntended, OutputsFound, StepResult)


def without_secrets(event: Event, redact: Redact) -> Event:
    """Return the event as the journal may keep it; `hidden` names the values that it keeps with `***`."""
    return _cleaned(event, redact)


def masked(key: EdgeKey, redact: Redact) -> EdgeKey:
    """Return the key as the journal keeps it: a path without secrets; an id, which is no foreign text."""
    task_id, direction, kind, data_id = key
    kept = redact(data_id) if data_id.startswith("/") else data_id
    return key if kept == data_id else (task_id, direction, kind, kept)


def _cleaned(value: T, redact: Redact) -> T:
    names = _FOREIGN.get(type(value), ())
    changes: dict[str, Any] = {}
    for name in names:
        before = getattr(value, name)
        after = _field(name, before, redact)
        if after is not before:
            changes[name] = after
            if isinstance(value, _WITH_HIDDEN) and isinstance(before, Mapping):
                changes["hidden"] = tuple(key for key in before if before[key] is not after[key])
    return replace(value, **changes) if changes else value  # type: ignore[type-var]  # all are records


def _field(name: str, value: Any, redact: Redact) -> Any:
    match name:
        case "key":
            return masked(value, redact)
        case "outputs" | "params" | "inputs":
            return _named(value, redact)
        case _:
            return _text(value, redact) if isinstance(value, str) else _cleaned(value, redact)


def _named(values: Mapping[str, Any], redact: Redact) -> Mapping[str, Any]:
    """Clean the values of a map by our own names, which stay; the same map when nothing had to be done."""
    cleaned = {name: _value(item, redact) for name, item in values.items()}
    return values if all(cleaned[name] is values[name] for name in values) else cleaned


def _value(value: Any, redact: Redact) -> Any:
    match value:
        case Artifact():
            return _artifact(value, redact)
        case Computed():
            inner = map_texts(value.value, redact)
            return value if inner is value.value else Computed(inner)
        case _:
            return map_texts(value, redact)


def _artifact(artifact: Artifact, redact: Redact) -> Artifact:
    path = _text(artifact.path, redact)
    name = _text(artifact.name, redact)
    if path is artifact.path and name is artifact.name:
        return artifact
    # Its address is made of the two, or of its id.
    return replace(artifact, path=path, name=name, url=_text(artifact.url, redact))


def _text(text: str | None, redact: Redact) -> str | None:
    """Return the same object when there is nothing to hide."""
    if text is None:
        return None
    cleaned = redact(text)
    return text if cleaned == text else cleaned
