"""Workers that a select lets leave while their queue has work."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestAddsAll": [
        "test-itself, inferred: TestAddsAll depends on which case a select takes: Run may leave "
        "by a.stop while a.jobs has work (@adder-selects) [fails @adds-fails; receives "
        "@adder-selects; sends @adds-sends; closes @adds-ends]",
    ],
    "TestSendsAll": [
        "test-itself, inferred: TestSendsAll depends on which case a select takes: loop may leave "
        "by m.quit while m.letters has work (@mailer-selects) [fails @sends-fails; receives "
        "@mailer-selects; sends @mailer-sends; closes @mailer-ends]",
    ],
    "TestAddsSome": [
        "test-itself, inferred: TestAddsSome depends on which case a select takes: Run may leave "
        "by a.stop while a.jobs has work (@adder-selects) [fails @some-fails; receives "
        "@adder-selects; sends @some-sends; closes @some-ends]",
    ],
}
SOUND = {
    "TestWantsFour",
    "TestEven",
    "TestDrains",
    "TestFlushes",
    "TestNoRoom",
    "TestTooMany",
    "TestWaitsForAll",
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_worker_that_may_leave_before_its_queue_is_empty_is_told(release: str) -> None:
    check_causes("left_over", release, TOLD, {}, SOUND)
