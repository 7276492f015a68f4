"""A launch: a step with every reference resolved, ready to be sent once."""

from collections.abc import Mapping

from slyflow.model.interface import App
from slyflow.model.value import Json
from slyflow.record import field, record


@record(frozen=True)
class Workspace:
    """A workspace and its team; `user_id` is the token's own user."""

    id: int
    team_id: int
    user_id: int | None = None


@record(frozen=True)
class Launch:
    """Everything `tasks.run.app` is told.

    `marker` is the attempt's unguessable name: it stands first in `title` and in `description`, and is
    sent as Idempotency-Key. `state` becomes `params.state`. `agent_id` None = any agent.
    """

    marker: str
    app: App
    workspace: Workspace
    title: str
    description: str
    state: Mapping[str, Json] = field(repr=False)
    agent_id: int | None = None
    user_id: int | None = None
    multi_user: bool = False
    log_level: str = "info"
    restart_policy: str = "never"
    kubernetes: Mapping[str, Json] = field(default_factory=dict)
    limit_by_workspace: bool = False
