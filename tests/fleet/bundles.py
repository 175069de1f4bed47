"""Bundles that differ, made of the sample, and fleets that were scanned from them."""

from __future__ import annotations

import zipfile
from pathlib import Path

from program import SAMPLE


def variant(path: Path, number: int) -> Path:
    """Write the sample with another member beside its own, and return where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(SAMPLE) as sample, zipfile.ZipFile(path, "w") as copy:
        for member in sample.infolist():
            copy.writestr(member, sample.read(member))
        copy.writestr("note.txt", f"variant {number}")
    return path


def plain_run(path: Path, *, failed: bool, package: str = "example.com/pool") -> Path:
    """Write the output of a run of two tests, the second of which may fail."""
    path.parent.mkdir(parents=True, exist_ok=True)
    second = "--- FAIL: TestDrain (0.03s)\n    pool_test.go:40: got 3 of 7 items\nFAIL\n"
    if not failed:
        second = "--- PASS: TestDrain (0.03s)\nPASS\n"
    result = "FAIL" if failed else "ok  "
    path.write_text(
        "=== RUN   TestFill\n--- PASS: TestFill (0.01s)\n=== RUN   TestDrain\n"
        f"{second}{result}\t{package}\t0.05s\n"
    )
    return path
