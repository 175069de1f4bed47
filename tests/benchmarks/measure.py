"""How long a command takes, and how much memory it needs at its peak."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from e2e.terminal import PyteTerminal

_LOOK_EVERY = 0.02
"""Seconds between two looks at a process's memory."""


@dataclass(frozen=True, slots=True)
class Run:
    """One command that has ended: seconds, peak bytes of memory, what it wrote, processor seconds.

    The peak is of the command and all processes it started together, without the files they map;
    where that cannot be seen (not on Linux), of the largest of them.
    """

    seconds: float
    peak: int
    output: str
    processor: float = 0.0


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
        with _Watch(process.pid) as watch:
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        kept.seek(0)
        # Linux counts in kibibytes, macOS in bytes.
        largest = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        processor = usage.ru_utime + usage.ru_stime
        return Run(seconds, watch.peak or largest, kept.read().decode(), processor)


class _Watch:
    """Looks again and again at how much memory a process and its descendants take together."""

    def __init__(self, process: int) -> None:
        self.peak = 0
        self._process = process
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_EVERY):
            self.peak = max(self.peak, _memory(self._process))


def _memory(process: int) -> int:
    """Return the bytes of a process and its descendants that are no file's; 0 if it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        threads = Path(f"/proc/{process}/task").glob("*/children")
        children = [child for thread in threads for child in thread.read_text().split()]
    except OSError:
        return 0
    own = re.search(r"^RssAnon:\s+(\d+) kB", status, re.MULTILINE)
    return (int(own[1]) * 1024 if own else 0) + sum(_memory(int(child)) for child in children)


def until_said(command: Sequence[str], said: str) -> Run:
    """Run a command that serves until it says so on its standard error, then end it."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    with _Watch(process.pid) as watch:
        lines = iter(process.stderr.readline, b"")
        if not any(said.encode() in line for line in lines):
            raise RuntimeError(f"{' '.join(command)} never said: {said}")
        seconds = time.perf_counter() - began
    process.kill()
    process.communicate()
    return Run(seconds, watch.peak, "")


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
import mmap, sys, time
from flakecore.gotrace import TraceFile
with open(sys.argv[1], "rb") as file:
    data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    began = time.perf_counter()
    opened = TraceFile(data, name="trace")
    if sys.argv[2:]:
        opened.read(only=[opened.generations - 1])
        print(time.perf_counter() - began)
    else:
        print(opened.read().events, time.perf_counter() - began)
"""


@dataclass(frozen=True, slots=True)
class Index:
    """Reading a trace: every event decoded, ordered and turned into intervals.

    Attributes:
        events: in the whole trace.
        late: seconds for its last generation alone, from opening the file.
        seconds: for all of it.
    """

    events: int
    late: float
    seconds: float
    peak: int


def full_index(trace: Path) -> Index:
    """Read a whole trace in a process of its own; ``seconds`` leaves out starting Python."""
    command = [sys.executable, "-c", INDEX, str(trace)]
    late = float(run([*command, "late"], keep_output=True).output)
    ended = run(command, keep_output=True)
    events, seconds = ended.output.split()
    return Index(int(events), late, float(seconds), ended.peak)
