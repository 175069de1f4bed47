"""Traces that real Go programs write, made once a session, with what the reference says of them."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from flakecore.gotrace import Trace, read_trace
from gotrace.reference import ReferenceEvent, read_reference
from toolchains import go_environment, go_toolchain

EVERYTHING = Path(__file__).parent / "everything"
FORMATS = ("1.22.10", "1.24.11", "1.25.5", "1.27.3")
"""One release for each format since Go 1.22: its trace header says 22, 23, 25 and 26."""


@dataclass(frozen=True)
class Recording:
    """A trace file, what we read from it, and what the reference reads."""

    path: Path
    data: bytes
    trace: Trace
    reference: list[ReferenceEvent]


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="flaketui-traces-")


@functools.cache
def trace_file(release: str) -> Path:
    """Have a release build and run the program that causes every kind of event."""
    folder = Path(_folder().name)
    program, path = folder / f"everything-{release}", folder / f"{release}.trace"
    subprocess.run(
        [go_toolchain(release), "build", "-o", program, "."],
        cwd=EVERYTHING,
        env=go_environment(release),
        check=True,
    )
    subprocess.run([program, path], env=go_environment(release), check=True)
    return path


@functools.cache
def record(release: str) -> Recording:
    """Return the trace of a release, read by us and by the reference."""
    path = trace_file(release)
    data = path.read_bytes()
    return Recording(path, data, read_trace(data, name=path.name), read_reference(path))
