"""Who may drive a run that another process has not let go of."""

from dataclasses import replace

import pytest

from slyflow.engine.lease import check, holder, was_taken_over
from slyflow.errors import Locked
from slyflow.model.driver import Driver
from slyflow.model.event import Event, Recorded, RunClosed, RunInterrupted, RunResumed, Warned

HERE = Driver("here", "m1", "b1", 100, 5, "1:1")
AGO = replace(HERE, pid=50, began=4)


def recorded(*events: Event) -> list[Recorded]:
    return [Recorded(number, "", event) for number, event in enumerate(events, 1)]


def resumed(driver: Driver | None, taken_from: Driver | None = None) -> RunResumed:
    return RunResumed("0", driver=driver, taken_from=taken_from)


@pytest.mark.parametrize(
    ("events", "held_by"),
    [
        ((), None),
        ((resumed(AGO),), AGO),
        ((resumed(AGO), Warned("")), AGO),
        ((resumed(AGO), RunInterrupted("SIGINT")), None),
        ((resumed(AGO), RunClosed(0)), None),
        ((resumed(AGO), RunInterrupted("SIGINT"), resumed(HERE)), HERE),
        ((resumed(AGO), resumed(None)), None),
    ],
)
def test_a_run_is_held_by_the_last_that_took_it_up_and_did_not_let_go(
    events: tuple[Event, ...], held_by: Driver | None
) -> None:
    assert holder(recorded(*events)) == held_by


def refusal(held_by: Driver | None, *, lives: bool = True) -> str:
    try:
        check("run1", held_by, HERE, lambda _: lives)
    except Locked as error:
        return f"{error.message}; {error.hint}"
    return ""


COPY = replace(AGO, lock="1:2")


@pytest.mark.parametrize(
    "held_by",
    [
        None,
        HERE,
        AGO,
        replace(AGO, boot="b0"),
        replace(AGO, boot="b0", lock="1:2"),
        replace(AGO, machine=None),
    ],
    ids=["nobody", "itself", "dead", "before a restart", "moved before a restart", "no id but this start"],
)
def test_what_the_lock_of_this_machine_tells_is_enough(held_by: Driver | None) -> None:
    assert refusal(held_by) == ""


def test_a_copy_of_what_a_living_process_drives_is_refused() -> None:
    assert "process 50 on here, from the folder that this one is a copy of" in refusal(COPY)
    assert refusal(COPY, lives=False) == ""


@pytest.mark.parametrize(
    "held_by",
    [
        replace(AGO, host="far", machine="m2"),
        replace(AGO, host="far", machine="m2", lock="1:2", boot="b2"),
        replace(AGO, host="far", machine=None, boot="b0"),
        replace(AGO, host="far", machine=None, boot=None),
    ],
    ids=["another", "another and a copy", "unknown, another start", "unknown altogether"],
)
def test_what_another_machine_holds_is_refused_dead_or_alive(held_by: Driver) -> None:
    for lives in (True, False):
        said = refusal(held_by, lives=lives)
        assert "driven by process 50 on far, another machine" in said
        assert "--take-over" in said


def test_a_run_that_was_once_taken_over_is_known_as_such() -> None:
    assert was_taken_over(recorded(resumed(HERE, AGO), RunInterrupted(""), resumed(HERE)))
    assert not was_taken_over(recorded(resumed(HERE), resumed(AGO)))
