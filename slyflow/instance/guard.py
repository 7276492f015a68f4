"""The guard: a small process that starts sessions, and ends all of them when its server is gone.

It runs as a script in an isolated interpreter and imports nothing but the standard library, so that
forking it is cheap. The server talks to it over a packet socket:

    server → guard   {"op": "start", "id": N} with two descriptors: a memory file holding the JSON of
                     `argv`, `env` and `cwd`, and where the session's output goes
                     {"op": "signal", "id": N, "signal": S}
    guard → server   {"id": N, "pid": P} when it runs, {"id": N, "exit": C, "alone": A} when it has ended;
                     A is 1 when nothing that any session left behind is there any more, else 0
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PACKET = 65536
# Strays are looked for at most this often, in seconds; looking may mean reading all of /proc.
SWEEP_EVERY = 0.2
LAST_EFFORT = 10.0


class Guard:
    """The sessions' leaders, and the loop that starts, signals and buries them."""

    def __init__(self, server: socket.socket, owner: bytes) -> None:
        self._server = server
        self._owner = owner
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._pids: dict[int, int] = {}
        self._sweep_at: float | None = None
        # Processes that a session leaves behind become children of ours instead of init's.
        self._libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def serve(self, wakeup: int) -> None:
        """Work until the server's end of the socket is closed."""
        poll = select.poll()
        poll.register(self._server, select.POLLIN)
        poll.register(wakeup, select.POLLIN)
        while True:
            ready = {fd for fd, _ in poll.poll(self._patience())}
            if wakeup in ready:
                os.read(wakeup, 4096)
                self._bury()
            if self._server.fileno() in ready and not self._obey():
                return
            if self._sweep_at is not None and time.monotonic() >= self._sweep_at:
                self._sweep_at = None
                self._sweep()

    def end_all(self) -> None:
        """Kill every session and everything that came of it."""
        deadline = time.monotonic() + LAST_EFFORT
        while time.monotonic() < deadline:
            for pid in self._pids.values():
                _kill_group(pid, signal.SIGKILL)
            for pid in _own_children():
                _kill(pid)
            try:
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            except ChildProcessError:
                return
            time.sleep(0.005)

    def _patience(self) -> float | None:
        """Return how long to wait, in milliseconds, None for ever."""
        return None if self._sweep_at is None else max(0.0, self._sweep_at - time.monotonic()) * 1000

    def _obey(self) -> bool:
        """Do what the server asks; False when it is gone."""
        packet, ancillary, _, _ = self._server.recvmsg(PACKET, socket.CMSG_SPACE(8), socket.MSG_CMSG_CLOEXEC)
        if not packet:
            return False
        order = json.loads(packet)
        session_id = order["id"]
        if order["op"] == "start":
            specification, output = _descriptors(ancillary)
            self._start(session_id, specification, output)
        elif session_id in self._pids:
            _kill_group(self._pids[session_id], order["signal"])
        return True

    def _start(self, session_id: int, specification: int, output: int) -> None:
        with os.fdopen(specification, "rb") as file:
            file.seek(0)
            wanted = json.load(file)
        parent = os.getpid()
        # A stop that comes at once must find the group, and must not be lost to our own handlers.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        pid = os.fork()
        if pid == 0:
            self._become(wanted, output, parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with contextlib.suppress(PermissionError, ProcessLookupError):  # it was faster than we
            os.setpgid(pid, pid)
        os.close(output)
        self._pids[session_id] = pid
        self._tell({"id": session_id, "pid": pid})

    def _become(self, wanted: dict[str, object], output: int, parent: int) -> None:
        """Turn this forked child into the session; never returns."""
        try:
            os.setpgid(0, 0)
            # The last rope: when the guard itself is killed, the kernel kills the leader.
            self._libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
            # The others have handlers, which exec takes away; this one must not wait for that.
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, ())
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            argv, env, cwd = wanted["argv"], wanted["env"], wanted["cwd"]
            assert isinstance(argv, list)
            assert isinstance(env, dict)
            assert isinstance(cwd, str)
            os.chdir(cwd)
            os.execve(argv[0], argv, env)  # noqa: S606 - no shell is what we want
        except OSError as error:
            os.write(output, f"cannot start the session: {error}\n".encode())
        finally:
            os._exit(127)

    def _bury(self) -> None:
        """Collect ended children; the whole group of an ended session goes with it."""
        owners = {pid: session_id for session_id, pid in self._pids.items()}
        for pid in _ended():
            if pid in owners:
                # Before it is collected, so that its number cannot name another group yet.
                _kill_group(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
            if pid in owners:
                del self._pids[owners[pid]]
                code = os.waitstatus_to_exitcode(status)
                self._tell({"id": owners[pid], "exit": code, "alone": int(self._has_only_leaders())})
        if self._sweep_at is None:
            self._sweep_at = time.monotonic() + SWEEP_EVERY

    def _has_only_leaders(self) -> bool:
        """Say whether every child of ours is a session's leader: what a leader leaves becomes our child."""
        return {*_own_children()} <= {*self._pids.values()}

    def _sweep(self) -> None:
        """Kill strays: children of ours that belong to no session that still runs."""
        if not _has_children():
            return
        for pid in _own_children():
            if pid not in self._pids.values() and _owner(pid, self._owner) not in self._pids:
                _kill(pid)

    def _tell(self, report: dict[str, int]) -> None:
        # A server that is gone is noticed by reading.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._server.send(json.dumps(report).encode())


def _descriptors(ancillary: list[tuple[int, int, bytes]]) -> tuple[int, int]:
    data = b"".join(data for _, kind, data in ancillary if kind == socket.SCM_RIGHTS)
    return int.from_bytes(data[:4], sys.byteorder), int.from_bytes(data[4:8], sys.byteorder)


def _ended() -> Iterator[int]:
    """Yield the pids of children that have ended, without collecting them."""
    while True:
        try:
            info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if info is None:
            return
        yield info.si_pid


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _own_children() -> list[int]:
    """Return the pids of our children."""
    try:
        with open(f"/proc/self/task/{os.getpid()}/children") as file:  # noqa: PTH123 - pathlib is not worth its import here
            return [int(pid) for pid in file.read().split()]
    except FileNotFoundError:  # a kernel built without it
        return _children(os.getpid())


def _children(parent: int) -> list[int]:
    """Return the pids whose parent is `parent`, from reading all of /proc."""
    found = []
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib is not worth its import here
        if name.isdecimal():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - same
                # The command's name, in brackets, may hold anything; the fields come after it.
                if int(file.read().rpartition(b")")[2].split()[1]) == parent:
                    found.append(int(name))
    return found


def _owner(pid: int, variable: bytes) -> int | None:
    """Return the id of the session that a process came from, None when it does not say."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 - as above
        for entry in file.read().split(b"\0"):
            key, _, value = entry.partition(b"=")
            if key == variable and value.isdigit():
                return int(value)
    return None


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _kill_group(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def main() -> None:
    """Guard the sessions of the server at the other end of descriptor argv[1].

    A process that left its session's group is known by the variable argv[2] in its environment.
    """
    # Handlers, not SIG_IGN: what is ignored would stay so in every session.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, lambda *_: None)
    # Sessions inherit both.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    wakeup, alarm = os.pipe()
    os.set_blocking(alarm, False)
    signal.set_wakeup_fd(alarm, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    with socket.socket(fileno=int(sys.argv[1])) as server:
        guard = Guard(server, os.fsencode(sys.argv[2]))
        try:
            guard.serve(wakeup)
        finally:
            guard.end_all()


if __name__ == "__main__":
    main()
