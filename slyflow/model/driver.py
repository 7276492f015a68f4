"""A driver: the process that drives a run, told apart from every other one by more than its number."""

from slyflow.record import record


@record(frozen=True)
class Driver:
    """Who drives a run, and where; what this system does not tell is None.

    `machine` stands for the machine's lasting identity, `boot` for this start of it. `began` is when the
    process began, in the ticks of that boot; with `pid` no two processes share it. `lock` is the identity
    of the file that it holds locked: a copy of the run's folder has another. `host` is for people.
    """

    host: str
    machine: str | None
    boot: str | None
    pid: int
    began: int | None
    lock: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}"
