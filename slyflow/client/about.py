"""What an instance says of itself: its version and what that supports, and whether it is an embedded one."""

from enum import StrEnum
from functools import cached_property

from slyflow.catalog.version import parse
from slyflow.client.retry import READ
from slyflow.client.row import Row, mapping, text
from slyflow.client.transport import Transport
from slyflow.errors import BadReply, Rejected, Unsupported, UsageError

WORKFLOW = "6.9.31"
"""The first version with the workflow graph."""
WORKFLOW_JOBS = "6.11.11"
"""The first version with labeling jobs in the workflow graph."""


class Support(StrEnum):
    """Whether an instance is new enough; UNKNOWN when it does not tell its version."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


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

    def support(self, minimum: str) -> Support:
        """Return whether the instance has at least this version; UsageError when that is none."""
        wanted = parse(minimum)
        if wanted is None:
            raise UsageError(f'"{minimum}" is no version', hint=f"a version is written as {WORKFLOW}")
        version = parse(self.version or "")
        if version is None:
            return Support.UNKNOWN
        return Support.YES if version >= wanted else Support.NO

    def require(self, minimum: str, what: str) -> None:
        """Unsupported when the instance is certainly too old for `what`; one that does not tell may try."""
        if self.support(minimum) is Support.NO:
            raise Unsupported(
                f"{self._transport.url} has version {self.version}; {what} would need {minimum}",
                hint="update the instance",
            )

    @cached_property
    def _answer(self) -> Row:
        method = "instance.version"
        try:
            return mapping(self._transport.call(method, retry=READ), method)
        except (Rejected, BadReply):
            # An old server without the method is still a server.
            return {}
