"""Asks the relay server for runs of test binaries, and receives their exit states."""

from __future__ import annotations

import marshal
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flakecore.collect.binaries.exec_wrapper import Wrapper
from flakecore.collect.binaries.relay_server import BINARY, ENDED, HEAD, RECORD, RELAY
from flakecore.errors import CollectError


@dataclass(frozen=True, slots=True)
class RelayRequest:
    """A test binary that is to run.

    Attributes:
        folder: where its evidence goes.
        command: the binary and its arguments.
        cwd: the folder it runs in.
        environment: its environment.
        nice: by how much its priority is lowered.
        processors: the processors that it may use; empty for all.
    """

    folder: Path
    command: Sequence[str]
    cwd: Path
    environment: Mapping[str, str]
    nice: int = 0
    processors: Sequence[int] = ()


class RelayedProcess:
    """A test binary that runs behind a relay.

    Attributes:
        group: the relay's process group, which signals go to; it passes them on.
        binary: the process group of the test binary; 0 where it never began.
    """

    def __init__(self, answers: int) -> None:
        """Wait until it has begun.

        Args:
            answers: what the server writes to.

        Raises:
            CollectError: the server ended.
        """
        self._answers = answers
        self._status = -1
        self.group = self.binary = 0
        # The relay reports its binary before or after the server reports the relay.
        while self._status < 0 and not (self.group and self.binary):
            self._receive()

    def wait(self) -> int:
        """Return its exit code, the negative number of a signal that ended it.

        Raises:
            CollectError: the server ended.
        """
        while self._status < 0:
            self._receive()
        return os.waitstatus_to_exitcode(self._status)

    def close(self) -> None:
        """Stop receiving its messages."""
        os.close(self._answers)

    def _receive(self) -> None:
        """Take the next record."""
        record = os.read(self._answers, RECORD.size)
        if len(record) < RECORD.size:
            raise CollectError("the program that starts the tests was ended from outside")
        letter, number = RECORD.unpack(record)
        if letter == ENDED:
            self._status = number
        elif letter == RELAY:
            self.group = number
        elif letter == BINARY:
            self.binary = number


@dataclass(slots=True)
class RelayServer:
    """The way to the server; threads may ask at the same time."""

    _requests: socket.socket
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, request: RelayRequest, output: int) -> RelayedProcess:
        """Start a test binary.

        Args:
            request: what to run.
            output: where its output goes; it stays open here.

        Raises:
            CollectError: the server ended.
        """
        asked: dict[str, Any] = {
            "folder": str(request.folder),
            "command": list(request.command),
            "cwd": str(request.cwd),
            "environment": dict(request.environment),
            "nice": request.nice,
            "processors": list(request.processors),
        }
        data = marshal.dumps(asked)
        ours, theirs = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._requests, [HEAD.pack(len(data))], [output, theirs])
                self._requests.sendall(data)
        except OSError as error:
            os.close(ours)
            raise CollectError("the program that starts the tests has ended") from error
        finally:
            os.close(theirs)
        try:
            return RelayedProcess(ours)
        except BaseException:
            os.close(ours)
            raise


@contextmanager
def relay_server(wrapper: Wrapper) -> Iterator[RelayServer]:
    """Run the server until the block is left.

    Raises:
        CollectError: it cannot be started.
    """
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            try:
                process = subprocess.Popen(
                    [*wrapper.server, str(theirs.fileno()), str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    process_group=0,
                )
            except OSError as error:
                raise CollectError(
                    f"{wrapper.server[0]} cannot be run ({error.strerror})"
                ) from error
        try:
            yield RelayServer(ours)
        finally:
            ours.close()
            process.wait()
