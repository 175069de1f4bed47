"""Elements at a place of a ranking that others have the same score as."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestSecond": [
        "test-itself, inferred: TestSecond depends on the order of equals: Top sorts by Score "
        "alone (@top-sorts) [fails @second-fails; runs @top-sorts; runs @top-ranges]",
    ],
    "TestFirstOffer": [
        "test-itself, inferred: TestFirstOffer depends on the order of equals: Cheapest sorts by "
        "Score alone (@cheapest-sorts) [fails @offer-fails; runs @cheapest-sorts; runs "
        "@cheapest-ranges]",
    ],
    "TestLast": [
        "test-itself, inferred: TestLast depends on the order of equals: Top sorts by Score alone "
        "(@top-sorts) [fails @last-fails; runs @top-sorts; runs @top-ranges]",
    ],
}
SOUND = {"TestAddedTwice", "TestByName", "TestWorstFirst"}


@pytest.mark.parametrize("release", RELEASES)
def test_an_element_at_a_place_is_told_where_the_source_shows_the_tie(release: str) -> None:
    check_causes("podium", release, TOLD, {}, SOUND)
