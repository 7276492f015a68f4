"""The notebook around a program, if there is one, and what it shows while something changes."""

import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from slyflow.errors import UsageError
from slyflow.python.log import Log

Bundle = Mapping[str, str]
"""One thing in several forms, by media type; a notebook shows the best one it can."""
# A person sees no more, and a notebook that runs far away has to be sent each: seconds between two
# pictures of something that changes, and of something of which only the time goes on.
_LOOK_EVERY = 0.5
_TICK_EVERY = 5.0


def cell() -> int | None:
    """Return the number of the cell that is executed, None outside of a notebook.

    IPython on a terminal is no notebook: it has no kernel, and shows no tables.
    """
    # Who has not imported IPython is not run by it.
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    return int(shell.execution_count) if hasattr(shell, "kernel") else None


class Table:
    """Below the cell that is executed; made anew from `picture` until the log is closed.

    UsageError when this is no notebook.
    """

    def __init__(self, picture: Callable[[], Bundle], log: Log) -> None:
        if cell() is None:
            raise UsageError("this program runs in no notebook", hint="iterate over the run's events")
        self._picture = picture
        self._log = log
        self._id = uuid.uuid4().hex
        self._display: Any = sys.modules["IPython"].display
        self._display.display(picture(), raw=True, display_id=self._id)
        # A notebook that is closed does not wait for its tables.
        self._thread = threading.Thread(target=self._keep, name="slyflow table", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the last picture is shown."""
        self._thread.join()

    def _keep(self) -> None:
        shown, at = -1, time.monotonic()
        is_over = False
        while not is_over:
            is_over = self._log.wait_for_end(_LOOK_EVERY)
            count, now = len(self._log), time.monotonic()
            if is_over or count != shown or now - at >= _TICK_EVERY:
                shown, at = count, now
                self._display.update_display(self._picture(), raw=True, display_id=self._id)
