"""The checkers that are given much to check, and how slyflow does among them."""

from collections.abc import Sequence

from benchmarks.measure import SLYFLOW, Contender, Result, Row
from benchmarks.peers import Peers

_ROUNDS, _SLOW_ROUNDS = 7, 1


def contenders(peers: Peers, pipelines: Sequence[str], workflows: Sequence[str]) -> list[Contender]:
    """Return actionlint and slyflow, which the limit is about, and peers that take tens of times as long."""
    schema = ["--schemafile", "schemas/pipeline.v1.schema.json"]
    return [
        Contender("actionlint", [peers.actionlint, *workflows], _ROUNDS),
        Contender("slyflow validate", [*SLYFLOW, "validate", "--large", *pipelines], _ROUNDS),
        Contender("check-jsonschema", [peers.script("check-jsonschema"), *schema, *pipelines], _SLOW_ROUNDS),
        Contender("yamllint", [peers.script("yamllint"), "-d", "relaxed", *pipelines], _SLOW_ROUNDS),
    ]


def limit(name: str, rows: Sequence[Row], most: float) -> Result:
    """Return slyflow's time beside that of actionlint, which may be `most` times as long."""
    actionlint, ours = rows[0], rows[1]
    times = ours.times(actionlint)
    detail = (
        f"{ours.median.wall:.2f} s against {actionlint.median.wall:.2f} s; {times.cpu:.2f} x by CPU, "
        f"{ours.median.memory:.0f} MiB against {actionlint.median.memory:.0f} MiB"
    )
    return Result(name, times.wall, most, "x actionlint", detail)
