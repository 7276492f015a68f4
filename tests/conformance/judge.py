"""The official SDK as the client of a running instance, and that instance's own methods beside it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

APPS = Path(__file__).parent / "apps"


@dataclass(frozen=True)
class Judge:
    """The SDK's `Api` for a running instance, and that instance's own methods."""

    api: Any
    url: str
    token: str

    def own(self, method: str, **body: Any) -> Any:
        """Call a method that only an embedded instance has."""
        reply = requests.post(
            f"{self.url}/public/api/v3/{method}", json=body, headers={"x-api-key": self.token}, timeout=60
        )
        reply.raise_for_status()
        return reply.json()

    def add_app(self, name: str) -> Any:
        """Register an app of tests/conformance/apps and return the SDK's view of it."""
        added = self.own("embedded.apps.add", path=str(APPS / name))
        return self.api.app.get_ecosystem_module_info(added["id"])

    def run(self, name: str, state: dict[str, Any]) -> int:
        """Start an app with the SDK, wait for its end, and return the session's id; it must finish."""
        module = self.add_app(name)
        started = self.api.app.start(
            agent_id=None, module_id=module.id, workspace_id=1, params={"state": state}, task_name=name
        )
        self.api.app.wait(started.task_id, self.api.app.Status.FINISHED)
        info = self.api.task.get_info_by_id(started.task_id)
        log = "\n".join(line["message"] for line in self.api.task.get_logs(started.task_id))
        assert info["status"] == "finished", log
        session_id: int = started.task_id
        return session_id
