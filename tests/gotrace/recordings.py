"""Traces that real Go programs write, made once a session, with what the reference says of them."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flakecore.gotrace import Trace, read_trace
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


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flaketui-traces-")


@functools.cache
def trace_file(release: str, source: Path = EVERYTHING) -> Path:
    """Have a release build and run a program: the one that causes every kind of event."""
    folder = Path(_folder().name)
    program, path = (folder / f"{source.name}-{release}{suffix}" for suffix in ("", ".trace"))
    subprocess.run(
        [go_toolchain(release), "build", "-o", program, "."],
        cwd=source,
        env=go_environment(release),
        check=True,
    )
    subprocess.run([program, path], env=go_environment(release), check=True)
    return path


def small_trace(release: str) -> bytes:
    """Return a trace of few kilobytes, which can be read some hundred times."""
    return trace_file(release, SMALL).read_bytes()


@functools.cache
def record(release: str) -> Recording:
    """Return the trace of a release, read by us and by the reference."""
    path = trace_file(release)
    data = path.read_bytes()
    every = read_every_event(path)
    trace = read_trace(data, name=path.name)
    return Recording(path, data, trace, every, without_samples(every))
