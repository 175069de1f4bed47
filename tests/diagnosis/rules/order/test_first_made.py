"""Variables of sync.OnceValue, which the first test of a process makes for all."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestNorth": [
        "shared-state, inferred: TestFirst, which ran before it, changes region (@region-made), "
        "which TestNorth checks (@north-fails) [fails @north-fails; writes @region-made]",
    ],
    "TestLimit": [
        "shared-state, inferred: TestFirst, which ran before it, changes quota (@quota-made), "
        "which TestLimit checks (@limit-fails) [fails @limit-fails; writes @quota-made]",
    ],
    "TestFast": [
        "shared-state, inferred: TestFirst, which ran before it, changes mode (@mode-made), which "
        "TestFast checks (@fast-fails) [fails @fast-fails; writes @mode-made]",
    ],
}
SOUND = {"TestMode", "TestQuota"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_an_earlier_test_made_for_all_is_told_where_this_one_changes_what_it_is_made_of(
    release: str,
) -> None:
    check_causes("first_made", release, TOLD, {}, SOUND)
