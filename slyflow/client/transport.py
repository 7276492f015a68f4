"""Calls of the public API: one POST each, sent again only where the caller said that it may be."""

import base64
import hashlib
import json
import random as randomness
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import slyflow
from slyflow.client.address import check_address, check_token
from slyflow.client.breaker import MOST_FAILURES, Breaker
from slyflow.client.exchange import Answer, Request, Sink
from slyflow.client.multipart import Part, encode
from slyflow.client.reply import error_for, parse
from slyflow.client.retry import NEVER, READ, SHORT, TRANSFER, Budget, Retry, Timeout, delay
from slyflow.errors import BadReply, Gone, NotSent, SlyflowError, Unavailable
from slyflow.model.value import Json
from slyflow.secret import Redactor, Secret

if TYPE_CHECKING:
    from slyflow.client.connection import Connection
    from slyflow.client.near import NearConnection

JSON_LIMIT = 32 * 1024 * 1024
NOTHING: Mapping[str, str] = MappingProxyType({})
API = "/public/api/v3/"
CHECKSUM = "x-content-checksum-sha256"


class Transport:
    """Sends calls to one instance with one token; usable from several threads.

    With `task_id` every call says that it belongs to that session (`x-task-id`); `proxy` is used for
    https only. `is_near` = the server is on this machine, does without TLS and holds a repeated launch for
    the same one: kept connections are good enough even for a launch. What sends is imported at the first
    call, requests only for an instance that is not near.
    `is_gone` says, when it does not answer, whether its process has ended: a call then raises Gone at once.
    `breaker` spares an instance that fails all the time. `answer_within` is how many seconds an answer may
    take, None for the usual limits.
    """

    def __init__(
        self,
        url: str,
        token: Secret,
        *,
        ca_file: str | None = None,
        proxy: str | None = None,
        task_id: int | None = None,
        is_near: bool = False,
        is_gone: Callable[[], bool] = lambda: False,
        breaker: Breaker | None = None,
        answer_within: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = randomness.random,
    ) -> None:
        self.url = check_address(url)
        check_token(token)
        self.token = token
        self._ca_file = ca_file
        self._proxy = proxy if self.url.startswith("https:") else None
        self._task_id = task_id
        self._is_near = is_near
        self._is_gone = is_gone
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._budget = Budget()
        self._breaker = breaker
        self._answer_within = answer_within
        self._opening = threading.Lock()
        self._opened: Connection | NearConnection | None = None

    def __repr__(self) -> str:
        return f"Transport({self.url!r})"

    def call(
        self,
        method: str,
        body: Json = None,
        *,
        retry: Retry = NEVER,
        timeout: Timeout = SHORT,
        headers: Mapping[str, str] = NOTHING,
    ) -> Json:
        """POST a JSON body (None = `{}`) and return the JSON of the answer."""
        content = json.dumps({} if body is None else body, allow_nan=False, default=_plain).encode()
        request = self._request("POST", method, content, timeout, {**_JSON_BODY, **headers})
        return parse(self._deliver(request, method, retry).content, method)

    def headers(self, method: str) -> Mapping[str, str]:
        """POST `{}`, a read, and return the headers of the answer, their names in lower case."""
        request = self._request("POST", method, b"{}", SHORT, _JSON_BODY)
        return self._deliver(request, method, READ).headers

    def get(self, method: str, query: Mapping[str, int | str], *, timeout: Timeout = SHORT) -> Json:
        """GET with a query, a read, and return the JSON of the answer."""
        request = self._request("GET", f"{method}?{urlencode(query)}", b"", timeout, NOTHING)
        return parse(self._deliver(request, method, READ).content, method)

    def fetch(self, method: str, body: Json, *, limit: int) -> bytes:
        """POST a JSON body, a read, and return the bytes of the answer; BadReply above `limit` bytes."""
        answer = self._deliver(self._content_request(method, body, limit), method, READ)
        _check_bounded(answer, method)
        claimed = answer.headers.get(CHECKSUM)
        if claimed and claimed != base64.b64encode(hashlib.sha256(answer.content).digest()).decode():
            raise BadReply(f"{method}: the content does not have the checksum that the instance sent with it")
        return answer.content

    def download(self, method: str, body: Json, sink: Sink, *, limit: int) -> str | None:
        """POST a JSON body, a read, and write the bytes of the answer into `sink` as they arrive.

        It begins anew with each try. Return the SHA-256 that the instance names, in base64, if it does.
        """
        answer = self._deliver(self._content_request(method, body, limit), method, READ, sink)
        _check_bounded(answer, method)
        return answer.headers.get(CHECKSUM)

    def upload(
        self,
        method: str,
        parts: Sequence[Part],
        *,
        query: Mapping[str, int | str] = MappingProxyType({}),
        retry: Retry = NEVER,
    ) -> Json:
        """POST a multipart form and return the JSON of the answer."""
        content, content_type = encode(parts)
        target = f"{method}?{urlencode(query)}" if query else method
        request = self._request("POST", target, content, TRANSFER, {"content-type": content_type})
        return parse(self._deliver(request, method, retry).content, method)

    def close(self) -> None:
        """Close all kept connections; a later call opens new ones."""
        with self._opening:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def _request(
        self,
        verb: str,
        target: str,
        content: bytes,
        timeout: Timeout,
        headers: Mapping[str, str],
        limit: int = JSON_LIMIT,
    ) -> Request:
        ours = {
            "x-api-key": self.token.reveal(),
            "user-agent": f"slyflow/{slyflow.__version__}",
            "accept": "application/json",
            "accept-encoding": "gzip",
        }
        if self._task_id is not None:
            ours["x-task-id"] = str(self._task_id)
        return Request(
            verb,
            self.url + API + target,
            {**ours, **headers},
            content,
            timeout.within(self._answer_within),
            limit,
        )

    def _content_request(self, method: str, body: Json, limit: int) -> Request:
        content = json.dumps(body, allow_nan=False, default=_plain).encode()
        headers = {**_JSON_BODY, "accept": "*/*", "accept-encoding": "identity"}
        return self._request("POST", method, content, TRANSFER, headers, limit)

    def _deliver(self, request: Request, method: str, retry: Retry, sink: Sink | None = None) -> Answer:
        """Send the request, as often as `retry` allows, until it is answered with success."""
        self._budget.earn()
        failures = 0
        while True:
            self._check_open(method)
            try:
                fresh = retry.only_unsent and not self._is_near
                return self._send(request, method, sink, fresh=fresh)
            except Unavailable as error:
                if self._is_gone():
                    raise Gone(f"{method}: the embedded instance has ended") from error
                failures += 1
                certain = isinstance(error, NotSent) or not retry.only_unsent
                if failures >= retry.tries or not certain or not self._budget.spend():
                    raise
                self._sleep(delay(failures, self._random(), error.retry_after))

    def _check_open(self, method: str) -> None:
        wait = self._breaker.wait() if self._breaker is not None else 0.0
        if wait:
            told = f"{method}: {self.url} failed {MOST_FAILURES} times in a row"
            raise NotSent(f"{told}; it is tried again in {wait:.0f} s", retry_after=wait)

    def _send(self, request: Request, method: str, sink: Sink | None, *, fresh: bool) -> Answer:
        try:
            answer = self._answer(request, method, sink, fresh=fresh)
        except Unavailable:
            self._note(well=False)
            raise
        except SlyflowError:
            self._note(well=True)
            raise
        self._note(well=True)
        return answer

    def _note(self, *, well: bool) -> None:
        if self._breaker is not None:
            self._breaker.note(well=well)

    def _answer(self, request: Request, method: str, sink: Sink | None, *, fresh: bool) -> Answer:
        answer = self._connection().exchange(request, fresh=fresh, sink=sink)
        error = error_for(answer.status, answer.headers, answer.content, method, self._redact)
        if error is not None:
            raise error
        return answer

    @cached_property
    def _redact(self) -> Redactor:
        return Redactor([self.token])

    def _connection(self) -> "Connection | NearConnection":
        with self._opening:
            if self._opened is None:
                self._opened = self._opened_near() if self._is_near else self._opened_far()
            return self._opened

    def _opened_near(self) -> "NearConnection":
        from slyflow.client.near import NearConnection

        return NearConnection(clock=self._clock)

    def _opened_far(self) -> "Connection":
        from slyflow.client.connection import Connection

        return Connection(ca_file=self._ca_file, proxy=self._proxy, clock=self._clock)


_JSON_BODY: Mapping[str, str] = MappingProxyType({"content-type": "application/json"})


def _check_bounded(answer: Answer, method: str) -> None:
    if not answer.is_bounded:
        raise BadReply(f"{method}: the answer has no length, so it cannot be told whether it is whole")


def _plain(value: object) -> object:
    """Turn read-only mappings and sequences into what json writes."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
