"""Runs `go test` in a process group of its own, keeps its streams, and passes signals on.

The streams go to files as they come in, before anything is made of them, so that whatever ends
this process leaves what was written until then. The group of its own keeps Ctrl-C in the terminal
from reaching Go and the tests twice: it comes here and is passed on once, and the bundle is
written all the same. A second one, or a group that does not end in time, is killed.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from flakecore.errors import CollectError

GRACE = 10.0
"""Seconds between the signal that asks the group to end and the one that makes it."""

Sink = tuple[Path, Callable[[bytes], None]]
"""The file that a stream is written to, and what is called with each piece of it."""

# How long output may still come from a process that the tests left behind, once Go has ended.
_LINGER = 1.0
_TICK = 0.1
_CHUNK = 1 << 20
_SET_PIPE_SIZE = 1031
# So much may wait in a pipe here: Go and the tests go on while what came before is shown.
_MUCH = 1 << 14
_GATHER_S = 0.004
# Where pieces of that size come one after another, more is let come before it is taken: Go writes
# each line by itself. It cannot fill the pipe meanwhile (100 MB of events a second).
# SIGQUIT (Ctrl-\) has the tests print all their stacks, and end.
_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)
)


@dataclass(slots=True)
class Interruption:
    """What the outside asked for while the run went on.

    Attributes:
        signals: the signals that came, in order.
    """

    signals: list[int] = field(default_factory=list)
    _groups: set[int] = field(default_factory=set)
    _deadline: float = 0.0

    def aim(self, group: int) -> None:
        """Add a process group that signals are passed on to, with one that came before it began."""
        self._groups.add(group)
        if self.signals:
            signal_group(group, self.signals[-1])

    def release(self, group: int) -> None:
        """Take away a process group that has ended."""
        self._groups.discard(group)

    def came(self, number: int, _frame: FrameType | None = None) -> None:
        """Pass a signal on to the group; the second one kills it."""
        self.signals.append(number)
        self._deadline = time.monotonic() + GRACE
        for group in tuple(self._groups):
            signal_group(group, number if len(self.signals) == 1 else signal.SIGKILL)

    def overdue(self) -> bool:
        """Return whether the group was asked to end and its grace period is over."""
        return bool(self.signals) and time.monotonic() > self._deadline


@contextmanager
def signals_noted() -> Iterator[Interruption]:
    """Note signals that ask to end, instead of ending, until the block is left.

    One that is ignored, as under nohup or in the background of a script, stays ignored.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption  # only the main thread may handle signals
        return
    before = {
        number: signal.signal(number, interruption.came)
        for number in _PASSED_ON
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_recorded(
    command: list[str],
    *,
    cwd: Path,
    environment: dict[str, str],
    stdout: Sink,
    stderr: Sink,
    interruption: Interruption,
    unwritten: list[str],
) -> int:
    """Run a command to its end and return its exit code, 128 and the number for a signal.

    Args:
        command: the command line.
        cwd: the folder it runs in.
        environment: its environment.
        stdout: where its standard output goes.
        stderr: where its standard error goes.
        interruption: what signals are noted in.
        unwritten: called with the names of files that cannot be written any more, and why.

    Raises:
        CollectError: if it cannot be started.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            process_group=0,
        )
    except OSError as error:
        raise CollectError(f"{command[0]} cannot be run ({error.strerror})") from error
    interruption.aim(process.pid)
    try:
        pump(process, process.pid, stdout, stderr, interruption, unwritten)
        code = process.wait()
    except BaseException:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        raise
    finally:
        interruption.release(process.pid)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
    return code if code >= 0 else 128 - code


def pump(
    process: subprocess.Popen[bytes],
    group: int,
    stdout: Sink,
    stderr: Sink | None,
    interruption: Interruption,
    unwritten: list[str],
) -> None:
    """Move both streams until they end, or until the process has ended and nothing more comes.

    Args:
        process: whose streams they are.
        group: the process group that is killed if it does not end in time.
        stdout: where its standard output goes.
        stderr: where its standard error goes; None where it goes elsewhere already.
        interruption: what signals are noted in.
        unwritten: called with the names of files that cannot be written any more, and why.
    """
    last_sign = time.monotonic()
    full: set[str] = set()
    gathers, much = True, False
    with selectors.DefaultSelector() as streams, ExitStack() as files:
        for stream, sink in ((process.stdout, stdout), (process.stderr, stderr)):
            if stream and sink is not None:
                gathers = _widen(stream.fileno()) and gathers
                file = files.enter_context(sink[0].open("ab", buffering=0))
                streams.register(stream, selectors.EVENT_READ, (file, sink[1]))
        while streams.get_map():
            if gathers and much:
                time.sleep(_GATHER_S)
            ready = streams.select(_TICK)
            now = time.monotonic()
            much = False
            for key, _ in ready:
                piece = os.read(key.fd, _CHUNK)
                much = much or len(piece) >= _MUCH
                if not piece:
                    streams.unregister(key.fileobj)
                    continue
                file, echo = key.data
                if file.name not in full:
                    try:
                        file.write(piece)
                    except OSError as error:  # a full disk; the tests go on, and are shown
                        full.add(file.name)
                        name = Path(file.name).name
                        unwritten.append(f"{name}: it could not be written ({error.strerror})")
                echo(piece)
            if ready or process.poll() is None:
                last_sign = now
            elif now - last_sign > _LINGER:
                return
            if interruption.overdue():
                signal_group(group, signal.SIGKILL)


def _widen(pipe: int) -> bool:
    """Let more wait in a pipe, and return whether the system can."""
    with suppress(ImportError, OSError):
        import fcntl

        return fcntl.fcntl(pipe, _SET_PIPE_SIZE, _CHUNK) >= _CHUNK
    return False


def signal_group(group: int, number: int) -> None:
    """Send a signal to a process group that may have ended, or never began (0)."""
    if group <= 0:
        return  # 0 is one's own
    try:
        os.killpg(group, number)
    except ProcessLookupError:  # it has just ended by itself
        return
