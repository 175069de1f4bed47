"""Traces that real Go programs write, cached on disk, with what the reference reads in them."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from capture_cache import Recipe, cached_capture, once_a_process
from flakecore.gotrace import Trace, read_trace
from go_tools import NO_DEBUG_INFO
from gotrace.reference import ReferenceEvent, read_every_event, without_samples
from toolchains import RELEASES, go_environment, go_toolchain

EVERYTHING = Path(__file__).parent / "everything"
SMALL = Path(__file__).parent / "small"
FORMATS = RELEASES[1:]
"""All releases that write the format of Go 1.22 and later: headers 22, 23, 23, 25, 26 and 26."""


@dataclass(frozen=True)
class Recording:
    """A trace file, what we read from it, and what the reference reads.

    ``every`` is all that the reference reads, ``reference`` is it without Sync and CPU samples.
    """

    path: Path
    data: bytes
    trace: Trace
    every: list[ReferenceEvent]
    reference: list[ReferenceEvent]


@once_a_process
def trace_file(release: str, source: Path = EVERYTHING) -> Path:
    """Have a release build and run a program: the one that causes every kind of event."""
    go = go_toolchain(release)

    def run(folder: Path) -> None:
        program, env = folder / source.name, go_environment(release)
        build: list[str | Path] = [go, "build", NO_DEBUG_INFO, "-o", program, "."]
        subprocess.run(build, cwd=source, env=env, check=True)
        subprocess.run([program, folder / f"{program.name}.trace"], env=env, check=True)
        program.unlink()

    recipe = Recipe(f"trace-{source.name}-{release}", (source,), (go,))
    return cached_capture(recipe, run) / f"{source.name}.trace"


def small_trace(release: str) -> bytes:
    """Return a trace of few kilobytes, which can be read some hundred times."""
    return trace_file(release, SMALL).read_bytes()


@once_a_process
def record(release: str) -> Recording:
    """Return the trace of a release, read by us and by the reference."""
    path = trace_file(release)
    data = path.read_bytes()
    every = read_every_event(path)
    trace = read_trace(data, name=path.name)
    return Recording(path, data, trace, every, without_samples(every))
