"""Appends events to a journal as fast as it can and says the number of each that was acknowledged."""

import os
from pathlib import Path

from slyflow.engine.journal import Journal
from slyflow.engine.journalfile import FILE
from slyflow.model.event import Warned


def write(folder: Path, says: int) -> None:
    """Go on for ever, telling the descriptor `says`; somebody kills this process."""
    make = Journal.open if (folder / FILE).is_file() else Journal.create
    with make(folder, redact=str) as journal:
        while True:
            recorded = journal.append([Warned("a" * 200), Warned("b")])
            os.write(says, f"{recorded[-1].number}\n".encode())
