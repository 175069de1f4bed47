"""What a run left behind, and why something is missing."""

from __future__ import annotations

from pathlib import Path

from flakecore.collect.options import EVIDENCE, TRACE
from flakecore.collect.stream import TestStream

# The header and the first batch's start: what there is of a trace before its first flush, which
# comes after about a second or at an orderly end.
_NO_DATA = 128


def why_missing(evidence: Path, stream: TestStream, *, stopped: bool) -> list[str]:
    """Return what a reader would look for in a bundle and not find, each with the reason.

    Args:
        evidence: the folder that trace and profiles were written to.
        stream: what `go test` said.
        stopped: whether the run was asked to stop.
    """
    sizes = {name: _size(evidence / name) for name in EVIDENCE}
    if not stream.has_tests:
        return ["trace and profiles: the package has no test files"]
    if not stream.built:
        return ["trace and profiles: the package or its tests do not build"]
    if not any((evidence / name).exists() for name in EVIDENCE):
        return ["trace and profiles: the tests did not run to where they are written"]
    ended = "was stopped" if stopped else "ended (by a panic, os.Exit or a signal)"
    missing = []
    if unwritten := [name for name, size in sizes.items() if size == 0]:
        missing.append(f"{', '.join(unwritten)}: the test process {ended} before writing this")
    if 0 < sizes[TRACE] < _NO_DATA:
        missing.append(f"{TRACE}: the test process {ended} before anything was flushed to it")
    return missing


def drop_empty(folder: Path) -> None:
    """Delete the empty files below a folder, which say nothing and would look like damage."""
    for path in folder.rglob("*"):
        if path.is_file() and not _size(path):
            path.unlink()


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
