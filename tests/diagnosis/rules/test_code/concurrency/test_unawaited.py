"""Tests that check what a goroutine changes before that is done."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} checks {what} (@{mark}-fails) before {who}, started at"
        f" @{start}, {done} [fails @{mark}-fails; writes @{writes}{f'; created @{start}' * count}]"
    ]
    for name, what, mark, who, start, done, writes, count in (
        ("Publishes", "r.calls", "publishes", "Ga, Gb and Gc", "hands", "are done", "records", 3),
        ("Counts", "c.lines", "counts", "Ga and Gb", "starts", "are done", "counts", 2),
        ("Reloads", "r.loads", "reloads", "Ga", "reloads", "is done", "loads", 1),
        ("DeskIsFree", "d.busy", "free", "Ga", "serves", "is done", "leaves", 1),
    )
}
TOLD["TestGateCloses"] = [
    "test-itself, inferred: TestGateCloses checks g.closed (@closes-fails) before Ga, started at"
    " @watches, is done [fails @closes-fails; writes @notes;"
    " created @watches]"
]
SOUND = {
    *("TestPublishesAndWaits", "TestCountsItself", "TestReloadsByItself"),
    *("TestGateClosesByItself", "TestMirrorBeginsEmpty", "TestVisits"),
}


@pytest.mark.parametrize("release", RELEASES)
def test_what_a_goroutine_is_still_to_change_is_told(release: str) -> None:
    check_causes("unawaited", release, TOLD, {test: [] for test in TOLD}, SOUND)
