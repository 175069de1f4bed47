"""Sums of floating-point numbers that goroutines add up, each time in another order."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on which goroutine is first: {who} adds floats"
        f" up as they come (@{adds}), and rounds each time [fails @{fails}; writes @{adds}]"
    ]
    for name, who, adds, fails in (
        ("Sum", "Sum", "sum-adds", "sum-fails"),
        ("Mean", "Mean", "mean-adds", "mean-fails"),
        ("Stats", "Add", "stats-adds", "stats-fails"),
    )
}
SOUND = {"TestSumOfOne", "TestSumOfTwo", "TestInTurn", "TestSumOfMore"}


@pytest.mark.parametrize("release", RELEASES)
def test_sums_that_round_otherwise_are_told_with_where_they_are_added(release: str) -> None:
    check_causes("float_sums", release, TOLD, {}, SOUND)
