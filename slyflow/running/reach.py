"""Checks of an instance: whether it answers, what it is, and what the token may do there."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from slyflow.client.about import WORKFLOW, WORKFLOW_JOBS, Support
from slyflow.errors import AuthError, InstanceError, NotFound, Rejected, SlyflowError
from slyflow.model.launch import Workspace
from slyflow.model.pipeline import WorkspaceRef
from slyflow.running.finding import Finding, ok, skipped, warning, wrong

if TYPE_CHECKING:
    from slyflow.client.instance import Instance

MOST_SKEW = 60.0
_VERSION = "instance.version"
# A token without rights is as good as a refused one.
_NO_RIGHTS = AuthError.exit_code


def check_instance(
    instance: "Instance",
    *,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Finding]:
    """Check the instance, one thing after another, until one of them makes the others pointless."""
    began = clock()
    try:
        headers = instance.transport.headers(_VERSION)
    except Rejected:
        headers = {}  # too old to say its version, but it answers
    except SlyflowError as error:
        yield _failed("instance", error)
        return
    took = clock() - began
    yield ok("instance", f"{instance.url} answers, in {1000 * took:.0f} ms")
    yield _version(instance)
    yield clocks(headers.get("date"), wall())
    yield from _rights(instance)


def _version(instance: "Instance") -> Finding:
    version = instance.version
    if version is None:
        return warning("version", "the instance does not tell", "workflow edges may be refused")
    kind = ", slyflow's own" if instance.embedded else ""
    found = f"{version}{kind}"
    if instance.support(WORKFLOW) is Support.NO:
        return warning("version", found, f"for workflow edges update the instance to {WORKFLOW}")
    if instance.support(WORKFLOW_JOBS) is Support.NO:
        return warning("version", found, f"for edges of labeling jobs update it to {WORKFLOW_JOBS}")
    return ok("version", found)


def clocks(date: str | None, now: datetime) -> Finding:
    """Compare this machine's clock with the server's Date; no promise of a run depends on either."""
    try:
        there = parsedate_to_datetime(date) if date is not None else None
    except ValueError:
        there = None
    if there is None:
        return skipped("clock", "the instance does not tell its time")
    aware = there if there.tzinfo else there.replace(tzinfo=UTC)
    ahead = (now - aware).total_seconds()
    told = f"this machine is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} the instance"
    if abs(ahead) > MOST_SKEW:
        return warning("clock", told, "set it: times of runs and sessions cannot be compared")
    return ok("clock", told)


def _rights(instance: "Instance") -> Iterator[Finding]:
    try:
        user = instance.catalog.user()
        yield ok("token", "accepted" + (f", of user {user}" if user is not None else ""))
        workspace = instance.catalog.workspace(WorkspaceRef())
        yield ok("workspace", f"team {workspace.team_id}, workspace {workspace.id}: the token's first ones")
    except AuthError as error:
        yield _failed("token", error)
        return
    except NotFound as error:
        yield wrong("workspace", error.message, "ask for a place in a team", _NO_RIGHTS)
        return
    except SlyflowError as error:
        yield _failed("workspace", error)
        return
    yield _sessions(instance, workspace)


def _sessions(instance: "Instance", workspace: Workspace) -> Finding:
    try:
        newest = instance.sessions.newest(workspace.id)
    except (AuthError, Rejected) as error:
        return wrong("sessions", error.message, "ask for the right to read tasks there", _NO_RIGHTS)
    except SlyflowError as error:
        return _failed("sessions", error)
    return ok("sessions", f"readable; the newest is {newest}" if newest else "readable; there is none yet")


def _failed(check: str, error: SlyflowError) -> Finding:
    todo = error.hint
    if todo is None and isinstance(error, InstanceError):
        todo = "check the address, the network and the proxy"
    return wrong(check, error.message, todo, error.exit_code)
