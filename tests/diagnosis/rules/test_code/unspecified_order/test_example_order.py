"""Examples whose lines come in an order that the language leaves open."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "Example_names": [
        "test-itself, inferred: Example_names depends on map order: a range over set, a map"
        " (@ranges) [runs @ranges]"
    ],
    "Example_workers": [
        "test-itself, inferred: Example_workers depends on which goroutine is first: they print"
        " (@prints) [runs @prints]"
    ],
}
LOG: Told = {test: [] for test in TOLD}
SOUND = {"Example_sorted", "Example_others"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_place_that_leaves_the_order_open_is_told(release: str) -> None:
    check_causes("example_order", release, TOLD, LOG, SOUND)
