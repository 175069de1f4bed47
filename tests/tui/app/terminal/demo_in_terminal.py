"""The explorer on its sample, run in a pseudo-terminal as a person's shell would."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from program import PATIENCE_S, PROGRAM


@dataclass(frozen=True, slots=True)
class DemoInTerminal:
    """A program that runs, and both ends of its terminal.

    Attributes:
        program: the process.
        ours: reads what it draws.
        theirs: its standard input, output and error.
        modes: of the terminal, before the program changed them.
    """

    program: subprocess.Popen[bytes]
    ours: int
    theirs: int
    modes: list[object]

    def drawn(self, until: bytes, quiet_s: float = 1) -> bytes:
        """Return what it draws up to some bytes, and on until it draws nothing for a while."""
        seen, deadline = b"", time.monotonic() + PATIENCE_S
        while until not in seen and time.monotonic() < deadline:
            if select.select([self.ours], [], [], 0.5)[0]:
                seen += os.read(self.ours, 1 << 16)
        while select.select([self.ours], [], [], quiet_s)[0]:
            seen += os.read(self.ours, 1 << 16)
        return seen

    def ended(self) -> tuple[int, bytes]:
        """Return the exit status, and what it draws until it ends."""
        seen, deadline = b"", time.monotonic() + PATIENCE_S
        while self.program.poll() is None and time.monotonic() < deadline:
            if select.select([self.ours], [], [], 0.05)[0]:
                seen += os.read(self.ours, 1 << 16)
        status = self.program.wait(PATIENCE_S)
        while select.select([self.ours], [], [], 0.5)[0]:
            seen += os.read(self.ours, 1 << 16)
        return status, seen


@contextmanager
def demo_in_terminal(folder: Path) -> Iterator[DemoInTerminal]:
    """Run ``flaketui demo`` in a session and terminal of its own, its settings in a folder."""
    nobodys = {f"XDG_{kind}_HOME": str(folder) for kind in ("CONFIG", "STATE", "DATA")}
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (40, 120))
    modes = termios.tcgetattr(theirs)
    with subprocess.Popen(
        [PROGRAM, "demo"],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=os.environ | {"TERM": "xterm-256color"} | nobodys,
        start_new_session=True,
    ) as program:
        try:
            yield DemoInTerminal(program, ours, theirs, modes)
        finally:
            program.kill()
            os.close(ours)
            os.close(theirs)
