"""Tests that want as many of something as one machine has processors."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on the machine's CPUs: {what} (@{mark})"
        f" [fails @{mark}-fails; reads @{mark}]"
    ]
    for name, what, mark in (
        ("PoolHasWorkers", "runtime.NumCPU()", "workers"),
        ("ShardOfKey", "got != 1000 comes from runtime.GOMAXPROCS(0)", "shards"),
        ("DefaultSize", "n != 999 comes from runtime.NumCPU()", "default"),
        ("Batch", "got != want comes from runtime.NumCPU()", "batch"),
    )
}
SOUND = {"TestShardsHold", "TestPoolOfThree", "TestPoolFitsMachine", "TestGivenSize"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_comes_from_the_number_of_processors_is_told(release: str) -> None:
    check_causes("machine_values", release, TOLD, {}, SOUND)
