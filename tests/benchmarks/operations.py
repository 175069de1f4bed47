"""What it costs that the runtime knows who holds and used what: operations, and net/http's tests.

A binary built with collect's overlay runs in turn with one built without, both on one processor,
and of each the least time counts: what else runs on the machine only ever adds to it.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flakecore.collect.binaries.overlay import write_overlay
from packages import cache_folder
from toolchains import NEWEST, go_environment, go_toolchain

_PROGRAM = Path(__file__).with_name("operations_test.go.txt")
_RUNS, _RUNS_OF_HTTP = 60, 12
_RESULT = re.compile(r"^Benchmark(\S+)\s+\d+\s+([\d.]+) ns/op", re.MULTILINE)
_OF_HTTP = "Client|Server|Transport|Serve|Handler|Cookie|Request|Response"
OPERATIONS = {
    "Lock": ("an uncontended Lock and Unlock", "1.5"),
    "Buffered": ("a buffered send and receive", "1.1"),
    "Unbuffered": ("an unbuffered send to one who waits", "1.1"),
    "Select": ("two selects of two cases, one ready", "1.1"),
    "Make": ("a channel made", ""),
    "RLock": ("RLock and RUnlock", ""),
    "Add": ("Add and Done of a wait group", ""),
    "Context": ("a context made and cancelled", ""),
}
"""By benchmark: what it does, and how many times it may take."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What something takes without and with: nanoseconds, or seconds of processor time.

    Attributes:
        what: what it is.
        without, with_it: the least that either took.
        unit: of both.
        wanted: how many times it may take; "" where nothing is asked.
    """

    what: str
    without: float
    with_it: float
    unit: str
    wanted: str


def costs() -> Iterator[Cost]:
    """Yield what each operation costs, and then net/http's tests."""
    home = cache_folder() / "benchmarks" / "objects"
    module = home / "module"
    module.mkdir(parents=True, exist_ok=True)
    (module / "go.mod").write_text("module example.com/operations\n\ngo 1.21\n")
    (module / "x_test.go").write_text(_PROGRAM.read_text())
    least: dict[str, list[float]] = {name: [1e9, 1e9] for name in OPERATIONS}
    pair = _built(home, module, "operations")
    for _ in range(_RUNS):
        for which, binary in enumerate(pair):
            flags = ["-test.bench=.", "-test.benchtime=2ms", "-test.run=-"]
            for name, ns in _RESULT.findall(_on_one_processor([str(binary), *flags], module)):
                least[name][which] = min(least[name][which], float(ns))
    for name, (what, wanted) in OPERATIONS.items():
        yield Cost(what, least[name][0], least[name][1], "ns", wanted)
    of_http = go_toolchain().parents[1] / "src" / "net" / "http"
    pair = _built(home, of_http, "http")
    seconds = [1e9, 1e9]
    for _ in range(_RUNS_OF_HTTP):
        for which, binary in enumerate(pair):
            before = _processor_seconds()
            _run([str(binary), "-test.short", f"-test.run={_OF_HTTP}"], of_http)
            seconds[which] = min(seconds[which], _processor_seconds() - before)
    yield Cost("net/http's tests of clients and servers", seconds[0], seconds[1], "s", "1.05")


def _built(home: Path, package: Path, name: str) -> tuple[Path, Path]:
    """Return the test binaries of a package, without and with."""
    go = go_toolchain()
    work = home / "overlay"
    work.mkdir(exist_ok=True)
    minor = int(NEWEST.split(".")[1])
    overlay = write_overlay(
        work,
        goroot=go.parents[1],
        minor=minor,
        probe=True,
        objects=True,
        hang_ns=0,
        flight_ns=0,
        users="",
        cwd=work,
    )
    made = home / name, home / f"{name}.objects"
    flags: tuple[list[str], list[str]] = ([], [f"-overlay={overlay.file}"])
    for binary, flag in zip(made, flags, strict=True):
        command = [str(go), "test", "-c", *flag, "-o", str(binary), "."]
        subprocess.run(command, cwd=package, env=go_environment(), check=True)
    return made


def _on_one_processor(command: Sequence[str], cwd: Path) -> str:
    processor = max(os.sched_getaffinity(0))
    return _run(["taskset", "-c", str(processor), *command], cwd)


def _run(command: Sequence[str], cwd: Path) -> str:
    ended = subprocess.run(
        command,
        cwd=cwd,
        env={**go_environment(), "GOMAXPROCS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return ended.stdout


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
