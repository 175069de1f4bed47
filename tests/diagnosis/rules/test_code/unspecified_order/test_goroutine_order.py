"""Tests that want results in an order which the scheduler leaves open."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on which goroutine is first: {name} {does}"
        f" (@{mark}) [fails @{mark}-fails; runs @{mark}]"
    ]
    for name, does, mark in (
        ("Appends", "appends in its goroutines", "appends"),
        ("Receives", "appends what its goroutines send", "receives"),
        ("Pools", "appends what its goroutines send", "pools"),
    )
}
SOUND = {"TestSorts", "TestPlaces", "TestMisses"}


@pytest.mark.parametrize("release", RELEASES)
def test_where_a_list_is_filled_as_goroutines_come_is_told(release: str) -> None:
    check_causes("goroutine_order", release, TOLD, {}, SOUND)
