"""The program that panics, each test of it in a run of its own."""

from __future__ import annotations

from diagnosis.program_bundles import collected_program, findings_on
from diagnosis.program_runs import program
from flakecore.diagnosis import Finding
from timeline.captures import Capture
from toolchains import NEWEST


def panicked(test: str, release: str = NEWEST) -> Capture:
    """Return what a run of one test left, whose process ends by a panic, or passes."""
    return program("panics", release, f"-run=^{test}$", "-timeout=60s")


def collected(test: str, release: str = NEWEST) -> Capture:
    """Return what ``flaketui collect`` makes of a run of one test, however its process ends."""
    return collected_program("panics", "--no-race", "-run", f"^{test}$", release=release)


def the_finding_on(test: str, release: str = NEWEST) -> Finding:
    """Return the only finding on the failure of a test."""
    (finding,) = findings_on(panicked(test, release), test)
    return finding
