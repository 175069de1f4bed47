"""Orders that a range over a map leaves open, and orders that are merely wrong."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestNames": [
        "test-itself, inferred: TestNames depends on map order: Names ranges over s.goods, a map"
        " (@names-ranges) [fails @names-fails; runs @names-ranges]"
    ],
    "TestLine": [
        "test-itself, inferred: TestLine depends on map order: Line ranges over goods, a map"
        " (@line-ranges) [fails @line-fails; runs @line-ranges]"
    ],
    "TestRangesItself": [
        "test-itself, inferred: TestRangesItself depends on map order: it ranges over goods, a map"
        " (@itself-ranges) [fails @itself-fails; runs @itself-ranges]"
    ],
}
SOUND = {"TestSortedNames", "TestReversed", "TestNamesWithOneMore", "TestTotal"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_range_over_a_map_is_told_where_order_alone_differs(release: str) -> None:
    check_causes("map_order", release, TOLD, {}, SOUND)
