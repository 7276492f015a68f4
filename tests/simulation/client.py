"""The real client of one process, whose requests go over the wire of a world instead of a socket."""

from collections.abc import Mapping
from random import Random
from typing import Any

from slyflow.client.breaker import Breaker
from slyflow.client.instance import Instance
from slyflow.client.reply import parse
from slyflow.client.retry import NEVER, SHORT, Budget, Retry, Timeout
from slyflow.client.transport import NOTHING, Transport
from slyflow.model.value import Json
from slyflow.secret import Redactor, Secret
from tests.simulation.wire import URL, Asked, Told, Wire

_TOKEN = Secret("token-of-the-world")
# Each process would make the same one.
_REDACT = Redactor([_TOKEN])


class CountingBudget(Budget):
    """The client's own budget of retries; counts the calls that earn them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def earn(self) -> None:
        self.calls += 1
        super().earn()


class Direct(Transport):
    """The client's own transport, but for the bytes: calls go over the wire, and come back, as values."""

    def call(
        self,
        method: str,
        body: Json = None,
        *,
        retry: Retry = NEVER,
        timeout: Timeout = SHORT,
        headers: Mapping[str, str] = NOTHING,
    ) -> Json:
        del headers
        assert body is None or isinstance(body, Mapping)
        asked: Any = Asked(method, dict(body or {}), timeout)  # it takes the way of a request in bytes
        answer = self._deliver(asked, method, retry)
        value: Json = answer.value if isinstance(answer, Told) else parse(answer.content, method)
        return value


def instance_over(
    wire: Wire, random: Random, *, embedded: bool, in_bytes: bool
) -> tuple[Instance, CountingBudget]:
    """Return the client's own instance on a wire; `in_bytes` has it write and read JSON as it really does."""
    instance = Instance(URL, _TOKEN, is_near=embedded)
    budget = CountingBudget()
    transport: Any = instance.transport  # its seams are private, and no caller but this one needs them
    if not in_bytes:
        transport.__class__ = Direct
    transport._opened, transport._budget = wire, budget
    transport._redact = _REDACT
    transport._sleep, transport._random = wire.sleep, random.random
    if transport._breaker is not None:
        transport._breaker = Breaker(lambda: wire.local)
    return instance, budget
