"""Many sessions looked at with few requests: one list for a workspace, and single looks for the rest."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from slyflow.client.sessions import Sessions
from slyflow.errors import NotFound
from slyflow.model.session import Session

# Sessions that no list shows are looked at one by one, so many in each round.
ALONE = 10


@dataclass(frozen=True, slots=True)
class Look:
    """One look: sessions that were seen, and ids that are gone; the others were not looked at."""

    seen: Mapping[int, Session]
    gone: Collection[int]


class Crowd:
    """Remembers in which workspaces its sessions are, so that each round lists them together."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._workspaces: dict[int, int] = {}
        self._alone_last: dict[int, int] = {}
        self._rounds = 0

    def look(self, ids: Sequence[int]) -> Look:
        """Look at these sessions once; whoever was not looked at comes first the next time."""
        self._rounds += 1
        seen: dict[int, Session] = {}
        for workspace_id in sorted({self._workspaces[one] for one in ids if one in self._workspaces}):
            seen |= self._listed(
                [one for one in ids if self._workspaces.get(one) == workspace_id], workspace_id
            )
        gone = self._look_alone([one for one in ids if one not in seen], seen)
        return Look({one: self._whole(session) for one, session in seen.items()}, gone)

    def _look_alone(self, ids: Sequence[int], seen: dict[int, Session]) -> Collection[int]:
        """Add to `seen` single sessions, and others of the workspaces they show; return those gone."""
        gone = []
        left = sorted(ids, key=lambda one: self._alone_last.get(one, 0))
        for _ in range(ALONE):
            left = [one for one in left if one not in seen]
            if not left:
                break
            session_id = left.pop(0)
            self._alone_last[session_id] = self._rounds
            try:
                seen[session_id] = self._sessions.info(session_id)
            except NotFound:
                gone.append(session_id)
                continue
            workspace_id = seen[session_id].workspace_id
            if workspace_id is not None and self._workspaces.get(session_id) != workspace_id:
                self._workspaces[session_id] = workspace_id
                seen |= self._listed([one for one in left if one not in self._workspaces], workspace_id)
        return gone

    def _listed(self, ids: Sequence[int], workspace_id: int) -> Mapping[int, Session]:
        """Return those of the ids that the workspace lists; a single one is not worth a list."""
        if len(ids) < 2:
            return {}
        try:
            found = self._sessions.listed_in(workspace_id, ids)
        except NotFound:
            return {}
        self._workspaces.update(dict.fromkeys(found, workspace_id))
        return found

    def _whole(self, session: Session) -> Session:
        """Return an ended session with what it says of itself, which a meagre list leaves out."""
        if not session.status.is_terminal or isinstance(session.info.get("meta"), Mapping):
            return session
        try:
            return self._sessions.info(session.id)
        except NotFound:
            return session
