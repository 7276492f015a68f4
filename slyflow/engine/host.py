"""This process and the machine it runs on, as the system tells them, and whether another process lives."""

import hashlib
import os
from pathlib import Path

from slyflow.model.driver import Driver

_MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_BOOT = Path("/proc/sys/kernel/random/boot_id")
# In `/proc/PID/stat` this many fields stand between the name of the program and its start.
_UNTIL_START = 19


def this_process(lock: os.stat_result) -> Driver:
    """Return this process as the driver that holds this file locked."""
    pid = os.getpid()
    return Driver(
        host=os.uname().nodename,
        machine=next(filter(None, map(_hashed, _MACHINE)), None),
        boot=_line(_BOOT),
        pid=pid,
        began=_began(pid),
        lock=f"{lock.st_dev}:{lock.st_ino}",
    )


def lives(driver: Driver) -> bool:
    """Return whether this process of this machine's present start still runs; unknown counts as no."""
    return driver.began is not None and _began(driver.pid) == driver.began


def _hashed(path: Path) -> str | None:
    """A machine's id is not to be told around: its hash tells machines apart as well."""
    told = _line(path)
    return hashlib.sha256(f"slyflow {told}".encode()).hexdigest()[:32] if told else None


def _began(pid: int) -> int | None:
    told = _line(Path(f"/proc/{pid}/stat"))
    if told is None:
        return None
    # The program's name stands in parentheses and may hold some itself.
    fields = told.rpartition(")")[2].split()
    return int(fields[_UNTIL_START]) if len(fields) > _UNTIL_START else None


def _line(path: Path) -> str | None:
    try:
        return path.read_text(errors="replace").strip() or None
    except OSError:
        return None
