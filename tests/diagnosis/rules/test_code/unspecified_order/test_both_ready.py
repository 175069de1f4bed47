"""Tests that want one of the cases of a select that are ready."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

_DEPENDS = "depends on which case a select takes"
_LANES = "l.urgent and l.normal are both ready in next (@next)"
TOLD: Told = {
    "TestUrgentFirst": [
        f"test-itself, inferred: TestUrgentFirst {_DEPENDS}: {_LANES}"
        " [fails @urgent-fails; receives @next; sends @hurries; sends @adds]"
    ],
    "TestQuits": [
        f"test-itself, inferred: TestQuits {_DEPENDS}: jobs and quit are both ready (@quits)"
        " [fails @quits-fails; receives @quits; sends @job; sends @quit]"
    ],
    "TestReaches": [
        f"test-itself, inferred: TestReaches {_DEPENDS}: {_LANES}"
        " [fails @reaches-fails; receives @next; sends @fast; sends @slow]"
    ],
}
SOUND = {"TestNormal", "TestFirst", "TestLength", "TestAddsUp"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_select_with_several_ready_cases_is_told(release: str) -> None:
    check_causes("both_ready", release, TOLD, {}, SOUND)
