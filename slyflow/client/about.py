"""What an instance says of itself: its version, and whether it is an embedded one."""

from functools import cached_property

from slyflow.client.retry import READ
from slyflow.client.row import Row, mapping, text
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Rejected


class About:
    """Asks `instance.version` once, when it is first needed."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def version(self) -> str | None:
        """The server's version, None when it does not tell."""
        return text(self._answer, "version")

    @property
    def embedded(self) -> bool:
        """Whether it is slyflow's own instance."""
        return text(self._answer, "slyflow") is not None

    @cached_property
    def _answer(self) -> Row:
        method = "instance.version"
        try:
            return mapping(self._transport.call(method, retry=READ), method)
        except (Rejected, BadReply):
            # An old server without the method is still a server.
            return {}
