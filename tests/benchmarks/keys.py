"""What a key costs: bytes that are sent for it, lag on a slow link, and the program's own work."""

from __future__ import annotations

import fcntl
import os
import select
import statistics
import struct
import subprocess
import termios
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flakecore.closeable import Closeable

QUIET = 0.25
"""Seconds of silence after which a frame is taken for complete."""
READ = 3.0
"""Seconds of silence after which a trace is taken for read: how far that has come is shown."""
SLOW_LINK = 200_000
"""Bytes a second of the throttled link."""


class Wire(Closeable):
    """A program in a pseudo-terminal of which only the bytes are looked at."""

    def __init__(self, command: Sequence[str], columns: int, rows: int, **env: str) -> None:
        """Start the program in a terminal of 256 colours."""
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        hidden = {"NO_COLOR", "COLORTERM", "SSH_CONNECTION", "TMUX", "COLUMNS", "LINES"}
        ours = {name: text for name, text in os.environ.items() if name not in hidden}
        self._program = subprocess.Popen(
            command,
            env=ours | {"TERM": "xterm-256color", "LANG": "C.UTF-8"} | env,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def press(self, key: str) -> None:
        """Type."""
        os.write(self._master, key.encode())

    def read(self, seconds: float, most: int = 1 << 16) -> bytes:
        """Return what is written within some seconds, or nothing."""
        if select.select([self._master], [], [], seconds)[0]:
            return os.read(self._master, most)
        return b""

    def settle(self, quiet: float = QUIET) -> bytes:
        """Return everything until the program has been silent for a while."""
        written = b""
        while more := self.read(quiet):
            written += more
        return written

    def wait_for(self, text: str, seconds: float = 600) -> None:
        """Wait until a text has been written and the screen has come to rest."""
        seen, until = b"", time.monotonic() + seconds
        while text.encode() not in seen:
            seen += self.read(0.1)
            if time.monotonic() > until or self._program.poll() is not None:
                raise RuntimeError(f"{text!r} never came on screen")
        self.settle(1.0)

    @property
    def processor_ns(self) -> int:
        """Nanoseconds for which the program's first thread, which draws, has run; Linux only."""
        pid = self._program.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0])

    def close(self) -> None:
        """End the program and let go of its terminal."""
        self._program.kill()
        self._program.wait()
        os.close(self._master)


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that were sent for each of some keys."""

    median: float
    highest: int


def bytes_per_key(command: Sequence[str], shown: str, before: str, keys: str) -> Sent:
    """Count the bytes for each key at 120 by 40, after some keys that are not counted."""
    with Wire(command, 120, 40) as wire:
        wire.wait_for(shown)
        for key in before:
            wire.press(key)
            wire.settle()
        counts = []
        for key in keys:
            wire.press(key)
            counts.append(len(wire.settle()))
        return Sent(statistics.median(counts), max(counts))


def lag_after_held_key(command: Sequence[str], shown: str, key: str = "l") -> float:
    """Return seconds from the last of a held key to the last byte, on a link of 200 KB/s.

    The key repeats thirty times a second for three seconds, as keyboards do, and the program
    believes itself at the other end of an SSH connection.
    """
    with Wire(command, 120, 40, SSH_CONNECTION="10.0.0.1 22 10.0.0.2 22") as wire:
        wire.wait_for(shown)
        for one in "0g+++++":
            wire.press(one)
            wire.settle()
        begun = time.monotonic()
        pressed, passed, last = 0, 0, begun
        released = begun
        while True:
            now = time.monotonic()
            while pressed < 90 and now >= begun + pressed / 30:
                wire.press(key)
                pressed += 1
                released = now
            allowed = int((now - begun) * SLOW_LINK) - passed
            written = wire.read(0.005, min(allowed, 4096)) if allowed > 0 else b""
            if allowed <= 0:
                time.sleep(0.002)
            if written:
                passed += len(written)
                last = time.monotonic()
            elif pressed == 90 and allowed > 4096 and now - last > 0.5:
                return max(0.0, last - released)


@dataclass(frozen=True, slots=True)
class Work:
    """Milliseconds of the drawing thread's processor time for each of some keys."""

    zoom: str
    median: float
    high: float


ZOOMS = {"whole case": 0, "1/64 of it": 6, "1/16384 of it": 14}
"""How often each is halved."""


def work_per_key(command: Sequence[str], shown: str) -> list[Work]:
    """Measure the processor time for a key at three zooms at 200 by 50: the high is its 95th part.

    Linux tells a thread's time on a processor to the nanosecond; elsewhere nothing is measured.
    """
    if not Path("/proc/self/schedstat").exists():
        return []
    found = []
    with Wire(command, 200, 50) as wire:
        wire.wait_for(shown)
        wire.settle(READ)
        wire.press("0")
        wire.settle()
        nearer = 0
        for zoom, halvings in ZOOMS.items():
            for _ in range(halvings - nearer):
                wire.press("+")
            nearer = halvings
            wire.settle(1.0)
            for key in "lhLHjk":  # what is looked at for the first time is read for it
                wire.press(key)
                wire.settle()
            spent = []
            for key in "llhhLLHHjjkk.,lhLHjk" * 2:
                before = wire.processor_ns
                wire.press(key)
                wire.settle()
                spent.append((wire.processor_ns - before) / 1e6)
            high = statistics.quantiles(spent, n=20)[-1]
            found.append(Work(zoom, statistics.median(spent), high))
    return found
