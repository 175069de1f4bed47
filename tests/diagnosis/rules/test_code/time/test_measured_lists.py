"""Times that a test has measured again and again, one of which is compared with a limit."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestPercentile": [
        "test-itself, inferred: TestPercentile measures wall time: it fails if p90 > "
        "time.Millisecond (@percentile-fails) [fails @percentile-fails; reads "
        "@percentile-measures]",
    ],
    "TestLongest": [
        "test-itself, inferred: TestLongest measures wall time: it fails if longest(times) > "
        "time.Millisecond (@longest-fails) [fails @longest-fails; reads @longest-measures]",
    ],
    "TestFirst": [
        "test-itself, inferred: TestFirst measures wall time: it fails if times[0] > "
        "time.Millisecond (@first-fails) [fails @first-fails; reads @first-measures]",
    ],
}
SOUND = {"TestCount", "TestPlan"}


@pytest.mark.parametrize("release", RELEASES)
def test_one_of_a_list_of_measured_times_is_wall_time(release: str) -> None:
    check_causes("measured_lists", release, TOLD, {}, SOUND)
