"""Values that the first of several goroutines sets, or puts at the head of a list."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestLeader": [
        "test-itself, inferred: TestLeader depends on which goroutine is first: Campaign sets "
        "e.leader but once (@leader-set) [fails @leader-fails; writes @leader-set; created "
        "@leader-starts]",
    ],
    "TestHolder": [
        "test-itself, inferred: TestHolder depends on which goroutine is first: Take sets "
        "l.holder but once (@holder-set) [fails @holder-fails; writes @holder-set; created "
        "@holder-starts]",
    ],
    "TestWinner": [
        "test-itself, inferred: TestWinner depends on which goroutine is first: Finish sets "
        "r.winner but once (@winner-set) [fails @winner-fails; writes @winner-set; created "
        "@winner-starts]",
    ],
    "TestGathered": [
        "test-itself, inferred: TestGathered depends on which goroutine is first: Gather appends "
        "in its goroutines (@gather-appends) [fails @gathered-fails; runs @gather-appends]",
    ],
}
SOUND = {"TestChain", "TestAlone", "TestListed", "TestOneByOne", "TestStranger"}


@pytest.mark.parametrize("release", RELEASES)
def test_who_is_first_is_told_where_the_source_lists_who_else_may_be(release: str) -> None:
    check_causes("front_runners", release, TOLD, {}, SOUND)
