"""Two runs of one module: on one proc its test fails, on two it passes."""

from __future__ import annotations

from flakecore.timeline import Case, Failure
from timeline.captures import capture
from toolchains import NEWEST


def failed_and_passed() -> tuple[Case, Case]:
    """Return the run that fails and the one that passes."""
    failed, passed = (capture(NEWEST, "parting", f"-cpu={procs}").case for procs in (1, 2))
    return failed, passed


def failed_with_failure() -> tuple[Case, Failure]:
    """Return the run that fails, and its only failure."""
    failed, _ = failed_and_passed()
    (failure,) = failed.failures
    return failed, failure
