"""Tests that count allocations while the trace, which allocates too, is written."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} counts allocations (@{mark})"
        " while a trace is written, which allocates too"
        f" [fails @{mark}-fails; reads @{mark}]"
    ]
    for name, mark in (
        ("LineIsBuiltInPlace", "in-place"),
        ("AtMostNone", "at-most"),
        ("CountsByAHelper", "helper"),
    )
}
SOUND = {"TestLinesMade"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_count_of_allocations_beside_a_trace_is_told_and_without_one_is_not(release: str) -> None:
    check_causes("alloc_counts", release, TOLD, {test: [] for test in TOLD}, SOUND)
