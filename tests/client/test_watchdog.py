"""The watchdog on real sockets."""

import socket
import threading
import time

from slyflow.client.watchdog import Watchdog


def test_a_late_connection_is_shut_down_and_said_to_be_late() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Watchdog().limit(ours, 0.05) as watch:
        assert ours.recv(1) == b""
    assert watch.is_late


def test_one_in_time_is_left_alone() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with Watchdog().limit(ours, 0.05) as watch:
            pass
        time.sleep(0.15)
        theirs.send(b"x")
        assert ours.recv(1) == b"x"
        assert not watch.is_late


def test_a_shorter_limit_is_not_delayed_by_a_longer_one() -> None:
    dog = Watchdog()
    ours, theirs = socket.socketpair()
    far, end = socket.socketpair()
    with ours, theirs, far, end, dog.limit(far, 60.0) as patient:
        time.sleep(0.05)
        with dog.limit(ours, 0.05) as hasty:
            assert ours.recv(1) == b""
        assert (hasty.is_late, patient.is_late) == (True, False)


def test_a_closed_one_watches_what_it_has_and_then_its_thread_ends() -> None:
    dog = Watchdog()
    ours, theirs = socket.socketpair()
    before = set(threading.enumerate())
    with ours, theirs:
        with dog.limit(ours, 0.2) as watch:
            (thread,) = set(threading.enumerate()) - before
            dog.close()
            assert ours.recv(1) == b""
        assert watch.is_late
        thread.join(timeout=10)
        assert not thread.is_alive()


def test_a_closed_one_with_nothing_to_watch_ends_at_once_and_may_begin_again() -> None:
    dog = Watchdog()
    for _ in range(2):
        before = set(threading.enumerate())
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with dog.limit(ours, 60.0):
                (thread,) = set(threading.enumerate()) - before
            dog.close()
            thread.join(timeout=10)
            assert not thread.is_alive()
