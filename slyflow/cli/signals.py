"""Signals while a run is driven: the first asks it to leave, the second leaves at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Which signal came first, if any; None until then."""

    def __init__(self, ask: Callable[[str], None]) -> None:
        self._ask = ask
        self._urgent = False
        self.first: signal.Signals | None = None

    @property
    def exit_code(self) -> int | None:
        """The code a shell gives to what the signal ended: 130 for Ctrl-C."""
        return None if self.first is None else 128 + self.first

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Ask once; KeyboardInterrupt at the second signal where one is expected, else we leave already."""
        del frame
        if self.first is None:
            self.first = signal.Signals(number)
            self._ask(self.first.name)
        elif self._urgent:
            raise KeyboardInterrupt

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let a second signal raise KeyboardInterrupt meanwhile; the caller catches it around this."""
        self._urgent = True
        try:
            yield
        finally:
            self._urgent = False


@contextmanager
def listening(ask: Callable[[str], None]) -> Iterator[Signals]:
    """Catch SIGINT, SIGTERM and SIGHUP meanwhile; `ask` is told the first one's name in the handler."""
    signals = Signals(ask)
    before = {number: signal.signal(number, signals.handle) for number in _CAUGHT}
    try:
        yield signals
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
