"""A loopback server that the official SDK and slyflow's client call in turn, and what each of them sent."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from inspect import signature
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any

from slyflow.client import Instance
from slyflow.secret import Secret
from tests.client.scripted import Received, Scripted, api

TOKEN = "token-0123456789abcdef"
# A method's answer: JSON, bytes, or a function from the request's body (or query) to either.
Replies = Mapping[str, Any]
# Of the connection, not of the call.
_OF_HTTP = ("host", "connection", "content-length")


class _Word:
    def __init__(self, word: str) -> None:
        self._word = word

    def __repr__(self) -> str:
        return self._word


ABSENT = _Word("absent")
ANY = _Word("any")


@dataclass(frozen=True)
class Case:
    """One function of the SDK with options, and the call of ours that does the same.

    `function` is the path from the SDK's `Api`, such as `app.workflow.add_input_project`, or that of a
    property. A `Path` among the options is taken below a scratch folder and handed over as text.
    """

    function: str
    told: Mapping[str, Any]
    ours: Callable[[Instance], object] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.function}({', '.join(self.told)})"

    def theirs(self, sdk: Any, scratch: Path) -> object:
        """Call the SDK's function, or read its property."""
        found = attrgetter(self.function)(sdk)
        if not callable(found):
            return found
        told = {
            name: str(scratch / value) if isinstance(value, Path) else value
            for name, value in self.told.items()
        }
        return found(**told)


@dataclass(frozen=True)
class Difference:
    """A difference that is meant: in which method (`*` = any), at which place, and why.

    Places are `request` (sent by one side alone), `verb`, `headers.<name>`, `query.<key>`, `body`, and
    `body.<key>` with one `.<key>` for each level; `theirs` and `ours` are values, ABSENT, or ANY.
    """

    method: str
    place: str
    reason: str
    theirs: Any = ANY
    ours: Any = ANY

    def covers(self, found: "Found") -> bool:
        """Whether this is the difference that was found."""
        return (
            self.method in ("*", found.method)
            and self.place == found.place
            and all(
                wanted is ANY or (type(wanted) is type(seen) and wanted == seen)
                for wanted, seen in ((self.theirs, found.theirs), (self.ours, found.ours))
            )
        )


@dataclass(frozen=True)
class Found:
    """One place in which the two sides' requests differ."""

    method: str
    place: str
    theirs: Any
    ours: Any


@dataclass(frozen=True)
class Both:
    """What each side sent for one case, in order, and what it returned; an error is a result too."""

    theirs: tuple[Received, ...]
    ours: tuple[Received, ...]
    their_result: object
    our_result: object

    def differences(self) -> list[Found]:
        """Return every place in which the requests differ."""
        found: list[Found] = []
        their_methods, our_methods = [[one.method for one in side] for side in (self.theirs, self.ours)]
        steps = SequenceMatcher(None, their_methods, our_methods, autojunk=False).get_opcodes()
        for tag, begin, end, our_begin, our_end in steps:
            if tag == "equal":
                for theirs, ours in zip(self.theirs[begin:end], self.ours[our_begin:our_end], strict=True):
                    found += _compare(theirs, ours)
                continue
            found += [Found(one.method, "request", "sent", ABSENT) for one in self.theirs[begin:end]]
            found += [Found(one.method, "request", ABSENT, "sent") for one in self.ours[our_begin:our_end]]
        return found


@dataclass
class Recorder:
    """The server; used as a context manager. Each case gets an `Api` and an `Instance` of its own."""

    sdk: Any
    replies: Replies

    def __enter__(self) -> "Recorder":
        self._server = Scripted(self._answer).__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        return self._server.url

    def both(self, case: Case, scratch: Path) -> Both:
        """Let each side do the same, and return what they sent and returned."""
        theirs = self.sdk.Api(self.url, TOKEN, retry_count=1)
        theirs.app.workflow.enable()
        sent_by_them, their_result = self._recorded(lambda: case.theirs(theirs, scratch))
        with closing(Instance(self.url, Secret(TOKEN))) as instance:
            sent_by_us, our_result = self._recorded(lambda: case.ours(instance))
        return Both(sent_by_them, sent_by_us, their_result, our_result)

    def _recorded(self, act: Callable[[], object]) -> tuple[tuple[Received, ...], object]:
        self._server.requests.clear()
        try:
            result = act()
        except Exception as error:  # noqa: BLE001 - the SDK raises anything, and that is what it did
            result = error
        return tuple(self._server.requests), result

    def _answer(self, received: Received, connection: Any) -> bool:
        reply = self.replies.get(received.method)
        if reply is None:
            return api({})(received, connection)
        answer = reply(received.json if received.body else received.query) if callable(reply) else reply
        if isinstance(answer, bytes):
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n"
            connection.sendall(head.encode() + answer)
            return True
        return api({received.method: lambda _: answer})(received, connection)


def unlisted(found: Iterable[Found], listed: Iterable[Difference]) -> list[Found]:
    """Return the differences that no entry covers."""
    known = list(listed)
    return [one for one in found if not any(entry.covers(one) for entry in known)]


def unseen(found: Iterable[Found], listed: Iterable[Difference]) -> list[Difference]:
    """Return the entries that no difference needs."""
    seen = list(found)
    return [entry for entry in listed if not any(entry.covers(one) for one in seen)]


def untold(sdk_api: Any, cases: Iterable[Case]) -> set[str]:
    """Return the options of the cases' functions that no case gives, as `function(option)`."""
    told: dict[str, set[str]] = {}
    for case in cases:
        told.setdefault(case.function, set()).update(case.told)
    return {
        f"{function}({option})"
        for function, given in told.items()
        if callable(found := attrgetter(function)(sdk_api))
        for option in signature(found).parameters
        if option not in given
    }


def _compare(theirs: Received, ours: Received) -> Iterator[Found]:
    sides = [dict(_places(one)) for one in (theirs, ours)]
    for place in sorted(sides[0].keys() | sides[1].keys()):
        values = [side.get(place, ABSENT) for side in sides]
        # In Python true is 1 and 1.0 is 1; on the wire they are not.
        if type(values[0]) is not type(values[1]) or values[0] != values[1]:
            yield Found(theirs.method, place, *values)


def _places(request: Received) -> Iterator[tuple[str, Any]]:
    yield "verb", request.verb
    yield "path", request.target.partition("?")[0]
    for name, text in request.headers.items():
        if name not in _OF_HTTP:
            yield f"headers.{name}", text
    for key, values in request.query.items():
        yield f"query.{key}", values
    try:
        yield from _leaves("body", json.loads(request.body) if request.body else ABSENT)
    except ValueError:
        yield "body", request.body


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield each value with the keys that lead to it; lists and empty objects are values."""
    if not isinstance(value, dict) or not value:
        yield place, value
        return
    for key, item in value.items():
        yield from _leaves(f"{place}.{key}", item)
