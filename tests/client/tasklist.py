"""A server's list of sessions, in every order, page size and shape, and changing as it is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Tasks:
    """A server's list of sessions; `before_page` may change it between requests."""

    rows: list[dict[str, Any]]
    filters: bool = True
    sorts: bool = True
    most_per_page: int = 1000
    before_page: Callable[["Tasks"], None] = lambda _: None
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, body: Any) -> Any:
        self.asked.append(body)
        self.before_page(self)
        rows = list(self.rows)
        if self.sorts:
            rows.sort(key=lambda row: int(row["id"]), reverse=body["sort_order"] == "desc")
        for wanted in body["filter"] if self.filters else ():
            rows = [row for row in rows if int(row[wanted["field"]]) in wanted["value"]]
        size = min(self.most_per_page, body.get("per_page", self.most_per_page))
        start = (body.get("page", 1) - 1) * size
        pages = -(-len(rows) // size)
        return {
            "total": len(rows),
            "perPage": size,
            "pagesCount": pages,
            "entities": rows[start : start + size],
        }


def task(task_id: Any, name: str = "other", status: Any = "started", **more: Any) -> dict[str, Any]:
    return {"id": task_id, "status": status, "description": "", "meta": {"name": name}, **more}
