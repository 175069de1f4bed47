"""Tests that want what one of several goroutines sets."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on which goroutine is last: {who} all set"
        f" {variable} (@{writes[0]}) [fails @{fails}-fails"
        f"{''.join(f'; writes @{each}' for each in writes)}]"
    ]
    for name, who, variable, fails, writes in (
        ("FindsOdd", "those of validate", "err", "validates", ["validates"]),
        ("AsksBoth", "those of fastest", "answer", "asks", ["near", "far"]),
        ("StoresLast", "its goroutines", "stored", "stores", ["stores"]),
    )
}
SOUND = {"TestFindsOneOdd", "TestJoins", "TestKeeps"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_several_goroutines_set_whatever_it_was_is_told(release: str) -> None:
    check_causes("last_writers", release, TOLD, {}, SOUND)
