"""Reads the text of a lock: its own form by a few lines of Python, any other as YAML."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from slyflow.catalog.argument import kind_of
from slyflow.catalog.lock import FORMAT, Asked, Lock, LockedApp
from slyflow.code import Slug
from slyflow.model.interface import Interface
from slyflow.model.value import Json
from slyflow.problem import Problem, Span

_CONFLICT = "<<<<<<< "
_AGAIN = "remove it, and write it anew with `slyflow lock`"


def read_lock(text: str, path: str) -> Lock | Problem:
    """Return the lock that a text says, or what is wrong with it; `path` is where it lies."""
    try:
        try:
            return _lock(_quickly(text), path)
        except (ValueError, RecursionError):
            return _lock(_thoroughly(text, path), path)
    except _Damaged as error:
        return error.problem
    except _Wrong as error:
        return _placed(text, path, error)


class _Damaged(Exception):
    """The text is no YAML at all; `problem` says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Wrong(ValueError):
    """The text does not say what a lock says, at the place that the keys `at` lead to."""

    def __init__(self, message: str, *at: str, code: Slug = "lock-damaged", hint: str = _AGAIN) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.code = code
        self.hint = hint


def _quickly(text: str) -> dict[str, Any]:
    """Return what a text in the form of `locktext` says; ValueError for any other."""
    root: dict[str, Any] = {}
    stack = [root]
    decode = json.JSONDecoder().raw_decode
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        begin = len(line) - len(line.lstrip(" "))
        depth = begin // 2
        if begin % 2 or depth >= len(stack):
            raise ValueError(line)
        if line[begin] == '"':
            key, end = decode(line, begin)
        else:
            end = line.index(":", begin)
            key = line[begin:end]
        if line[end : end + 1] != ":" or key in stack[depth]:
            raise ValueError(line)
        del stack[depth + 1 :]
        rest = line[end + 1 :].strip(" ")
        if rest:
            stack[depth][key] = json.loads(rest)
        else:
            made: dict[str, Any] = {}
            stack[depth][key] = made
            stack.append(made)
    return root


def _thoroughly(text: str, path: str) -> dict[str, Any]:
    """Return what a text says that somebody else wrote, as YAML."""
    from slyflow.problem import in_order
    from slyflow.syntax.document import read
    from slyflow.syntax.source import Source

    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_CONFLICT):
            span = Span(path, number, 1, number, len(line) + 1)
            hint = "keep either side, then run `slyflow lock`"
            raise _Damaged(Problem(span, "the lock holds a merge conflict", "lock-damaged", hint=hint))
    document = read(Source(path, text))
    errors = [problem for problem in in_order(document.problems) if problem.severity == "error"]
    if errors:
        message = f"the lock is damaged: {errors[0].message}"
        raise _Damaged(Problem(errors[0].span, message, "lock-damaged", hint=_AGAIN))
    data = document.data()
    if not isinstance(data, Mapping):
        raise _Wrong("the lock says nothing")
    return dict(data)


def _placed(text: str, path: str, error: _Wrong) -> Problem:
    """Return what is wrong with the shape of a lock, at its place."""
    from slyflow.syntax.document import read
    from slyflow.syntax.node import Map
    from slyflow.syntax.source import Source

    source = Source(path, text)
    node = read(source).root
    start = end = 0
    for key in error.at:
        if not isinstance(node, Map) or key not in node.values:
            break
        named = node.key(key)
        start, end = named.start, named.end
        node = node.values[key]
    return source.problem(start, end, error.message, error.code, hint=error.hint)


def _lock(data: Mapping[str, Any], path: str) -> Lock:
    version = data.get("slyflow_lock")
    if type(version) is int and version > FORMAT:
        message = f"this lock is of format {version}; this slyflow reads format {FORMAT}"
        raise _Wrong(message, "slyflow_lock", code="lock-newer", hint="use a newer slyflow")
    if type(version) is not int or version != FORMAT:
        raise _Wrong(f"this is no lock: it does not begin with `slyflow_lock: {FORMAT}`", "slyflow_lock")
    reader = _Reader(data, ())
    reader.only("slyflow_lock", "instance", "instance_version", "apps")
    apps = data.get("apps")
    if not isinstance(apps, Mapping):
        raise _Wrong('"apps" is missing in the lock, or no map', "apps")
    read = {asked: _app(_Reader(entry, ("apps", asked))) for asked, entry in apps.items()}
    return Lock(path, reader.text("instance"), read, reader.optional("instance_version"))


class _Reader:
    """Reads one map of the lock; _Wrong for what is not what a lock has there."""

    def __init__(self, data: object, at: tuple[str, ...]) -> None:
        self._at = at
        if not isinstance(data, Mapping):
            raise self.wrong("is no map")
        self._data = data

    def wrong(self, what: str, *key: str) -> _Wrong:
        at = (*self._at, *key)
        return _Wrong(f'the lock is damaged: "{at[-1]}" {what}', *at)

    def only(self, *known: str) -> None:
        for key in self._data:
            if key not in known:
                raise self.wrong("is no key that a lock has", key)

    def text(self, key: str) -> str:
        value = self._data.get(key)
        if not isinstance(value, str) or not value:
            raise self.wrong("is missing, or no text", key)
        return value

    def optional(self, key: str) -> str | None:
        return self.text(key) if key in self._data else None

    def flag(self, key: str) -> bool:
        value = self._data.get(key)
        if not isinstance(value, bool):
            raise self.wrong("is neither true nor false", key)
        return value

    def identity(self, key: str) -> int | None:
        value = self._data.get(key)
        if value is not None and (type(value) is not int or value < 1):
            raise self.wrong("is no id", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._data.get(key)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise self.wrong("is no list", key)
        if not all(isinstance(item, str) for item in value):
            raise self.wrong("is no list of texts", key)
        return tuple(value)

    def pipelines(self) -> tuple[str, ...]:
        """Return names of files; none of them may lead out of the lock's folder."""
        names = self.texts("pipelines")
        if any(name.startswith("/") or ".." in name.split("/") for name in names):
            raise self.wrong("names a file outside of the lock's folder", "pipelines")
        return names

    def arguments(self) -> Mapping[str, Json] | None:
        declared = self._data.get("arguments")
        if declared is None and "arguments" in self._data:
            return None
        if not isinstance(declared, Mapping):
            raise self.wrong("is missing, or no map", "arguments")
        for name, one in declared.items():
            if not isinstance(one, Mapping) or one.keys() != {"type", "default"}:
                raise self.wrong("has not a type and a default", "arguments", name)
            if one["type"] != kind_of(one["default"]):
                raise self.wrong("has a default of another type", "arguments", name)
        return {name: one["default"] for name, one in declared.items()}


_KEYS = (
    "archive_sha256",
    "arguments",
    "asked",
    "config_sha256",
    "description",
    "from_ecosystem",
    "headless",
    "min_instance_version",
    "module_id",
    "name",
    "pipelines",
    "release",
    "restart_policy",
    "slug",
    "targets",
)


def _app(reader: _Reader) -> LockedApp:
    reader.only(*_KEYS)
    asked = reader.text("asked")
    if asked not in ("newest", "version", "branch"):
        raise reader.wrong("is none of newest, version and branch", "asked")
    interface = Interface(
        targets=reader.texts("targets"),
        arguments=reader.arguments(),
        from_ecosystem=reader.flag("from_ecosystem"),
        headless=reader.flag("headless"),
        min_instance_version=reader.optional("min_instance_version"),
        restart_policy=reader.optional("restart_policy"),
    )
    return LockedApp(
        reader.text("slug"),
        cast(Asked, asked),
        reader.text("release"),
        reader.text("name"),
        interface,
        reader.text("config_sha256"),
        module_id=reader.identity("module_id"),
        archive_sha256=reader.optional("archive_sha256"),
        description=reader.optional("description"),
        pipelines=reader.pipelines(),
    )
