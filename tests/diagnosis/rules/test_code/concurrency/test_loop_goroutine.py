"""Goroutines that share the variable of a loop, as in Go before 1.22."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on when goroutines run: those of @{loop} share"
        f" {variable} before Go 1.22 [fails @{loop}-fails; runs @{loop}; reads @{read}]"
    ]
    for name, loop, variable, read in (
        ("Prices", "prices", "each", "asks"),
        ("Squares", "squares", "i", "sends"),
        ("Visits", "visits", "each", "visited"),
    )
}
SOUND = {"TestPricesAnew", "TestPricesHanded", "TestPricesInTurn", "TestPriceOfOne"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_variable_that_goroutines_of_all_rounds_share_is_told(release: str) -> None:
    check_causes("loop_goroutines", release, TOLD, {}, SOUND)
