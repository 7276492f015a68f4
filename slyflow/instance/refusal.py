"""A request that the embedded instance refuses, with what its reply says."""

from collections.abc import Mapping, Sequence
from typing import Any


class Refused(Exception):
    """Answered as `{"error": …, "details": …}` with this HTTP status.

    `clashes` (`{"id", "name"}` each) make it Supervisely's NONUNIQUE answer, which its SDK acts upon.
    """

    def __init__(self, message: str, *, status: int = 400, clashes: Sequence[Mapping[str, Any]] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.clashes = tuple(clashes)

    def reply(self) -> dict[str, Any]:
        """Return the reply's JSON."""
        if not self.clashes:
            return {"error": self.message, "details": {"message": self.message}}
        errors = [{**clash, "message": self.message} for clash in self.clashes]
        return {
            "error": self.message,
            "details": [{"type": "NONUNIQUE", "message": self.message, "errors": errors}],
        }


def missing(what: str, item_id: object) -> Refused:
    """Return the 404 for something that is not there (or not any more)."""
    return Refused(f"{what} with id {item_id} does not exist or was removed", status=404)
