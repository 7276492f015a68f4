"""Conditions that lists are asked to filter by."""

from slyflow.client.row import Row
from slyflow.errors import UsageError
from slyflow.model.value import Json
from slyflow.record import record

OPERATORS = ("=", "!=", "in", "<", "<=", ">", ">=")


@record(frozen=True)
class Filter:
    """A field of the listed things, such as `moduleId`, compared with a value; `in` takes a list."""

    field: str
    value: Json
    operator: str = "="

    def body(self) -> Row:
        """Return what the API is sent; UsageError for an operator that it does not know."""
        if self.operator not in OPERATORS:
            raise UsageError(
                f'"{self.operator}" is no operator of a filter', hint=f"it knows {', '.join(OPERATORS)}"
            )
        return {"field": self.field, "operator": self.operator, "value": self.value}
