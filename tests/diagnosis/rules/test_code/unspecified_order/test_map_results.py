"""Results that change with the order of a map, and those that are merely wrong."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestDigestIsStable": [
        "test-itself, inferred: TestDigestIsStable compares two calls of Digest(tags): joined"
        " ranges over tags, a map (@joined-ranges) [fails @digest-fails; runs @joined-ranges]"
    ],
    "TestSumsPrices": [
        "test-itself, inferred: TestSumsPrices depends on map order: Sum adds floats up over"
        " prices, a map (@sum-ranges), and rounds each time [fails @sum-fails; runs @sum-ranges]"
    ],
    "TestMeanOfPrices": [
        "test-itself, inferred: TestMeanOfPrices depends on map order: Mean adds floats up over a"
        " map (@mean-ranges) [fails @mean-fails; runs @mean-ranges]"
    ],
}
ORDER: Told = {
    "TestColumns": [
        "test-itself, inferred: TestColumns depends on map order: Columns ranges over r, a map"
        " (@columns-ranges) [fails @columns-fails; runs @columns-ranges]"
    ],
}
SOUND = {"TestSumsAnother", "TestSumsAList", "TestComparesTwo", "TestSortedTwice"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_result_that_a_maps_order_changes_is_told_with_the_range(release: str) -> None:
    check_causes("map_results", release, TOLD | ORDER, {}, SOUND)
