"""The notebook around a program, if there is one, and what it shows while something changes."""

import sys
import threading
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from slyflow.errors import UsageError

Bundle = Mapping[str, str]
"""One thing in several forms, by media type; a notebook shows the best one it can."""
# A person sees no more, and a notebook that runs far away has to be sent each.
_REFRESH_EVERY = 0.5


def cell() -> int | None:
    """Return the number of the cell that is executed, None outside of a notebook.

    IPython on a terminal is no notebook: it has no kernel, and shows no tables.
    """
    # Who has not imported IPython is not run by it.
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    return int(shell.execution_count) if hasattr(shell, "kernel") else None


class Table:
    """Below the cell that is executed; made anew from `picture` until `wait_for_end` says so.

    `wait_for_end` waits at most the seconds given. UsageError when this is no notebook.
    """

    def __init__(self, picture: Callable[[], Bundle], wait_for_end: Callable[[float], bool]) -> None:
        if cell() is None:
            raise UsageError("this program runs in no notebook", hint="iterate over the run's events")
        self._picture = picture
        self._wait_for_end = wait_for_end
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
        is_over = False
        while not is_over:
            is_over = self._wait_for_end(_REFRESH_EVERY)
            self._display.update_display(self._picture(), raw=True, display_id=self._id)
