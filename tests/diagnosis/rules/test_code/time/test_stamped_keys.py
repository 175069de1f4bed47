"""Maps whose keys are readings of the clock, which are the same for a second."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestTwoOrders": [
        "test-itself, inferred: TestTwoOrders wants two times to differ: time.Now().Unix() "
        "(@place-asks) is the same for a second [fails @two-fails; reads @place-asks]",
    ],
    "TestManyOrders": [
        "test-itself, inferred: TestManyOrders wants two times to differ: time.Now().Unix() "
        "(@place-asks) is the same for a second [fails @many-fails; reads @place-asks]",
    ],
    "TestLines": [
        "test-itself, inferred: TestLines wants two times to differ: time.Now().Unix() "
        "(@key-asks) is the same for a second [fails @lines-fails; reads @key-asks]",
    ],
}
SOUND = {"TestBasket", "TestCounted", "TestShelf", "TestWantsFewer", "TestWantsMore"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_map_with_fewer_elements_than_were_put_there_is_told_with_its_key(release: str) -> None:
    check_causes("stamped_keys", release, TOLD, {}, SOUND)
