"""Stands between `go test` and a test binary: adds flags, and records every write.

`go test -exec` runs it as a program of its own, once for each package, so it imports nothing of
this library and nothing that is slow to import. It is called as ``relay SETTINGS FOLDER BINARY
ARGUMENTS…``: the file that ``exec_wrapper`` wrote, the folder of the attempt, and what `go test`
would have run.

Go's test binary writes each piece of output with a write(2) of its own; `go test` gives it one
pipe for both streams and reads them run together. Here it gets a pipe in packet mode
(``pipe2(O_DIRECT)``, Linux) instead, of which every read returns exactly one write; one longer
than a memory page comes as several packets. The bytes are passed on as they came, in as few writes
as they allow. What is noted lies in two files beside the package's trace:

- ``output``: 16 bytes ``flakeoutput1`` and four NULs, then all bytes in the order of the writes.
- ``writes``: 12 bytes ``flakewrites1`` and a uint32, the longest packet there can be; then records
  of 16 bytes, little-endian: int64 time in nanoseconds, uint32 number, uint8 stream, uint8 kind,
  uint16 zero. Kinds: 0 a packet (time on CLOCK_MONOTONIC when it was read, number its bytes,
  stream 1 or 2, or 0 where both are one pipe); 1 and 2 the same moment on CLOCK_MONOTONIC and
  CLOCK_REALTIME, once at the start and once at the end; 3 the end of the test binary (number its
  wait status, as wait(2) returns it); 4 its start (number its process id).

The test binary runs in a process group of its own. All signals that can be caught are passed on to
it, the SIGQUIT of a `go test` whose timeout has passed as well as the Ctrl-C that a whole group
gets, and so each arrives once. It ends when this program or the collector is killed.

In a hunt a server (``relay_server``) forks the same for each run, which takes a tenth of the time.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import struct
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

RECORD = struct.Struct("<qIBBH")
PACKET, MONOTONIC, REALTIME, ENDED, STARTED = range(5)
OUTPUT_MAGIC = b"flakeoutput1\0\0\0\0"
WRITES_MAGIC = b"flakewrites1"

_CAPACITY = 1 << 20
# A packet takes a whole page of the pipe: 256 writes wait here before the test binary has to.
_SET_PIPE_SIZE = 1031
_MOST_PACKETS = 512
_LONGEST_READ = 1 << 16
_SET_PARENT_DEATH_SIGNAL = 1
_PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGCONT")
_READABLE = select.POLLIN | select.POLLHUP
_LOOK_EVERY_MS = 100
_TIME_FOR_STACKS_S = 2


def main(arguments: list[str]) -> int:
    """Run a test binary as the settings have it, and end as it ended."""
    with open(arguments[0], "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        settings = marshal.load(file)
    binary, *rest = arguments[2:]
    name = os.path.basename(binary).removesuffix(".test")  # noqa: PTH119
    package = settings["packages"].get(os.getcwd(), name)  # noqa: PTH109
    folder = f"{arguments[1]}/packages/{package}"
    os.makedirs(folder, exist_ok=True)  # noqa: PTH103
    flags = [f"{flag}={folder}/{file}" for flag, file in settings["flags"]]
    command = [*settings["exec"], binary, *flags, *rest]
    alive = [watched(settings["collector"]), watched(os.getppid())]
    if 0 in alive:
        return 1
    pipes = packet_pipes()
    if pipes is None:
        os.execvp(command[0], command)
    return Relay(folder, pipes, alive).run(command)


def watched(process: int) -> int | None:
    """Return a file that becomes readable when a process ends; 0 if it has, None if unknown."""
    try:
        return os.pidfd_open(process)
    except ProcessLookupError:
        return 0
    except (OSError, AttributeError):
        return None


def packet_pipes() -> dict[int, tuple[int, int]] | None:
    """Return a packet-mode pipe (to read, to write) for stream 1 and, if it differs, stream 2.

    None where there are no such pipes. Both streams of a test are one pipe under `go test`, and
    must be one here, or the order of what is written to both would be lost.
    """
    first, second = os.fstat(1), os.fstat(2)
    same = (first.st_dev, first.st_ino) == (second.st_dev, second.st_ino)
    pipes = {}
    try:
        for stream in (1,) if same else (1, 2):
            reading, writing = os.pipe2(os.O_CLOEXEC | os.O_DIRECT)
            os.set_blocking(reading, False)
            pipes[stream] = (reading, writing)
    except (OSError, AttributeError):
        return None
    return pipes


def has_packet_pipes() -> bool:
    """Return whether this system has pipes that preserve the boundaries of writes."""
    pipes = packet_pipes()
    for pipe in (pipes or {}).values():
        for end in pipe:
            os.close(end)
    return pipes is not None


class Relay:
    """The pipes between a test binary and `go test`, and the files that note what passes."""

    def __init__(
        self,
        folder: str,
        pipes: dict[int, tuple[int, int]],
        alive: list[int | None],
        *,
        ends_group: bool = False,
        began: Callable[[int], object] = lambda _: None,
    ) -> None:
        """Take what lies between a test binary and whoever reads its output.

        Args:
            folder: where the files go.
            pipes: what the test binary writes to.
            alive: files that become readable when nobody reads its output any more.
            ends_group: whether what it leaves behind in its process group is ended with it.
            began: called with its process id.
        """
        self._pipes = pipes
        self._alive = alive
        self._ends_group = ends_group
        self._began = began
        self._child = 0
        self._full: set[int] = set()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._output = os.open(f"{folder}/output", flags, 0o644)
        self._writes = os.open(f"{folder}/writes", flags, 0o644)
        self._streams = {
            reading: (stream if len(pipes) == 2 else 0, stream)
            for stream, (reading, _) in pipes.items()
        }
        limit = os.sysconf("SC_PAGE_SIZE")
        self._note(self._output, OUTPUT_MAGIC)
        self._note(self._writes, WRITES_MAGIC + struct.pack("<I", limit) + _both_clocks())
        _widen(list(self._streams))

    def run(self, command: list[str]) -> int:
        """Run a command to its end and pass everything on; return its exit code."""
        # Blocked until there is a child to pass them on to.
        passed_on = {getattr(signal, name) for name in _PASSED_ON}
        signal.pthread_sigmask(signal.SIG_BLOCK, passed_on)
        death_signal = _death_signal()
        self._child = os.fork()
        if self._child == 0:
            self._become(command, passed_on, death_signal)
        for number in passed_on:
            signal.signal(number, self._pass_on)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, passed_on)
        for _, writing in self._pipes.values():
            os.close(writing)
        self._began(self._child)
        started = RECORD.pack(time.monotonic_ns(), self._child, 0, STARTED, 0)
        self._note(self._writes, started)
        status = self._until_its_end()
        ended = RECORD.pack(time.monotonic_ns(), status, 0, ENDED, 0)
        self._note(self._writes, ended + _both_clocks())
        if self._ends_group:
            self._end_group()
        elif self._streams and os.fork() == 0:
            # Something that the tests left behind still holds the pipe, and may write to it; go
            # test waits for that (``WaitDelay``).
            self._pump(None, until_child_ends=False)
            os._exit(0)
        if os.WIFSIGNALED(status):
            _end_by(os.WTERMSIG(status))
        return os.waitstatus_to_exitcode(status)

    def _end_group(self) -> None:
        """End what the tests left behind, and pass on what it wrote until then."""
        try:
            os.killpg(self._child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return
        for reading in list(self._streams):
            while self._drain(reading):
                pass

    def _become(self, command: list[str], blocked: set[int], death_signal: object) -> None:
        """Turn this process, the child, into the command."""
        try:
            os.setpgid(0, 0)
            if callable(death_signal):
                death_signal(_SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
            for stream in (1, 2):
                os.dup2(self._pipes.get(stream, self._pipes[1])[1], stream)
            # Python ignores these two; Go and its children should find them as they were.
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, blocked)
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"flaketui: {command[0]} cannot be run ({error.strerror})\n".encode())
        finally:
            os._exit(127)

    def _pass_on(self, number: int, _frame: object) -> None:
        try:
            os.kill(self._child, number)
        except ProcessLookupError:
            return

    def _until_its_end(self) -> int:
        """Pass on what comes until the child ends, and then what it left in the pipes."""
        self._pump(watched(self._child), until_child_ends=True)
        status = os.waitpid(self._child, 0)[1]
        for reading in list(self._streams):
            while self._drain(reading):
                pass
        return status

    def _pump(self, child: int | None, *, until_child_ends: bool) -> None:
        """Pass on what comes until the child ends, or until nobody can write any more.

        Args:
            child: becomes readable when the child ends; None where the kernel offers no such file.
            until_child_ends: False once there is no child, only what it left behind.
        """
        waiting = select.poll()
        for reading in self._streams:
            waiting.register(reading, _READABLE)
        # Without a requested event, poll reports only that the pipe's read end is closed.
        for stream in self._pipes:
            waiting.register(stream, 0)
        for fd in (child, *self._alive):
            if fd is not None:
                waiting.register(fd, select.POLLIN)
        while self._streams or until_child_ends:
            for fd, event in waiting.poll(None if child is not None else _LOOK_EVERY_MS):
                if fd == child:
                    return
                if fd in self._alive:
                    self._orphaned()
                    waiting.unregister(fd)
                elif fd in self._streams:
                    self._drain(fd)
                    if fd not in self._streams:
                        waiting.unregister(fd)
                elif event & (select.POLLERR | select.POLLNVAL):
                    waiting.unregister(fd)
                    for reading in [r for r, (_, out) in self._streams.items() if out == fd]:
                        waiting.unregister(reading)
                        self._close(reading)
            if until_child_ends and child is None and self._has_ended():
                return

    def _has_ended(self) -> bool:
        asked = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, self._child, asked) is not None

    def _orphaned(self) -> None:
        """Nobody reads the output: have the tests print their stacks, for the record, and end."""
        self._pass_on(signal.SIGQUIT, None)
        signal.signal(signal.SIGALRM, lambda *_: self._pass_on(signal.SIGKILL, None))
        signal.alarm(_TIME_FOR_STACKS_S)

    def _drain(self, reading: int) -> bool:
        """Pass on a batch of packets; return whether there may be more."""
        shown, out = self._streams.get(reading, (0, 0))
        packets: list[bytes] = []
        noted: list[int] = []
        now, read = time.monotonic_ns, os.read
        more = True
        try:
            while len(packets) < _MOST_PACKETS:
                packet = read(reading, _LONGEST_READ)
                if not packet:
                    self._close(reading)
                    more = False
                    break
                packets.append(packet)
                noted += (now(), len(packet) | shown << 32)
        except BlockingIOError:
            more = False
        except OSError:  # closed already
            return False
        if packets:
            data = b"".join(packets)
            # A record's stream, kind and zero are one number behind its uint32.
            self._note(self._writes, struct.pack(f"<{len(noted)}q", *noted))
            self._note(self._output, data)
            self._forward(out, reading, data)
        return more

    def _forward(self, out: int, reading: int, data: bytes) -> None:
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(out, view) :]
        except BrokenPipeError:  # as the test binary would find it
            self._close(reading)

    def _close(self, reading: int) -> None:
        if self._streams.pop(reading, None):
            os.close(reading)

    def _note(self, file: int, data: bytes) -> None:
        """Write to one of our own files; a full disk must not stop the tests.

        Behind a gap no boundary could be found, so that nothing more is written to that file.
        """
        view = memoryview(data)
        try:
            while view and file not in self._full:
                view = view[os.write(file, view) :]
        except OSError:
            self._full.add(file)


def _both_clocks() -> bytes:
    """Return the records that pair the moments of one clock with those of another."""
    before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
    return RECORD.pack((before + after) // 2, 0, 0, MONOTONIC, 0) + RECORD.pack(
        wall, 0, 0, REALTIME, 0
    )


def _widen(pipes: list[int]) -> None:
    import fcntl

    for pipe in pipes:
        try:
            fcntl.fcntl(pipe, _SET_PIPE_SIZE, _CAPACITY)
        except OSError:  # the user's share of pipes is used up: it stays as it is
            return


def import_ahead() -> None:
    """Import what a relay needs while it runs, before many are forked."""
    import ctypes
    import fcntl
    import resource

    del ctypes, fcntl, resource


def _death_signal() -> object:
    """Return the call that has the kernel end a child with its parent, or None."""
    try:
        import ctypes

        return ctypes.CDLL(None, use_errno=True).prctl
    except (ImportError, OSError, AttributeError):
        return None


def _end_by(number: int) -> None:
    """End this process by a signal, leaving no core file of it."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if number not in (signal.SIGKILL, signal.SIGSTOP):
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
