"""How long a command takes, and how much memory it needs at its peak."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.terminal import PyteTerminal


@dataclass(frozen=True, slots=True)
class Run:
    """One command that has ended: seconds, peak bytes of resident memory, what it wrote.

    Linux starts the peak of a process at the size of the one that started it: some 30 MB here.
    """

    seconds: float
    peak: int
    output: str


def run(command: Sequence[str], *, keep_output: bool = False) -> Run:
    """Run a command to its end; its output is dropped unless asked for."""
    with tempfile.TemporaryFile() as kept:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=kept if keep_output else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        kept.seek(0)
        # Linux counts in kibibytes, macOS in bytes.
        peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Run(seconds, peak, kept.read().decode())


def best(command: Sequence[str], times: int) -> Run:
    """Run a command several times and return its fastest run."""
    return min((run(command) for _ in range(times)), key=lambda run: run.seconds)


def first_view(command: Sequence[str], *shown: str, columns: int, rows: int) -> float:
    """Return seconds from starting a command in a terminal until all of ``shown`` is on screen."""
    began = time.perf_counter()
    with PyteTerminal(command, columns, rows, {}) as terminal:
        while not all(part in (text := terminal.text()) for part in shown):
            if time.perf_counter() - began > 600:
                raise RuntimeError(f"{shown} never came on screen:\n{text}")
            time.sleep(0.005)
        seconds = time.perf_counter() - began
        terminal.press("q")
        return seconds


INDEX = """
import mmap, resource, sys, time
from flakecore.gotrace import read_trace
with open(sys.argv[1], "rb") as file:
    data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    began = time.perf_counter()
    trace = read_trace(data, name="trace")
    print(trace.events, time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Index:
    """A full index of a trace: every event decoded, ordered and turned into intervals."""

    events: int
    seconds: float
    peak: int


def full_index(trace: Path) -> Index:
    """Read a whole trace in a process of its own; ``seconds`` leaves out starting Python."""
    ended = run([sys.executable, "-c", INDEX, str(trace)], keep_output=True)
    events, seconds = ended.output.split()
    return Index(int(events), float(seconds), ended.peak)
