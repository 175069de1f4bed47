"""Tests whose deferred calls close what their parallel subtests still need."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}/{subtest}": [
        f"test-itself, inferred: Test{name} defers {what} (@{closes}), which runs before its"
        f" parallel subtests go on [fails @{mark}-fails; closes @{closes}; waits @{mark}]"
    ]
    for name, subtest, what, closes, mark in (
        ("Gets", "a", "s.Close", "closes", "gets"),
        ("Gets", "b", "s.Close", "closes", "gets"),
        ("Asks", "one", "cancel", "cancels", "asks"),
        ("Reads", "a", "os.RemoveAll", "removes", "reads"),
    )
}
SOUND = {"TestGetsNothing/c", "TestClosesItself/a", "TestAsksInAGroup/group/none"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_closed_before_parallel_subtests_go_on_is_told(release: str) -> None:
    check_causes("closed_early", release, TOLD, {}, SOUND)
