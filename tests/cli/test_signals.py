"""The first signal asks, the second leaves, and nothing is caught afterwards."""

import os
import signal

import pytest

from slyflow.cli.signals import listening


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_the_first_signal_asks_and_the_second_leaves(number: signal.Signals, code: int) -> None:
    asked: list[str] = []
    before = signal.getsignal(number)
    with listening(asked.append) as signals:
        assert signals.first is None
        os.kill(os.getpid(), number)
        assert (asked, signals.exit_code) == ([number.name], code)
        os.kill(os.getpid(), number)  # we leave already
        with pytest.raises(KeyboardInterrupt), signals.interrupting():
            os.kill(os.getpid(), number)
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
    assert asked == [number.name]
