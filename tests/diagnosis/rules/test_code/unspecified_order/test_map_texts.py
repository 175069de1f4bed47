"""Texts of several forms that a range over a map has put together in another order."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on map order: {who} ranges over {over}, a map"
        f" (@{mark}-ranges) [fails @{fails}-fails; runs @{mark}-ranges]"
    ]
    for name, who, over, mark, fails in (
        ("Encode", "Encode", "labels", "encode", "encode"),
        ("Query", "Query", "arguments", "query", "query"),
        ("Joined", "Joined", "names", "joined", "joined"),
        ("Page", "Label", "labels", "label", "page"),
    )
}
SOUND = {"TestEncodeSwapped", "TestSorted"}


@pytest.mark.parametrize("release", RELEASES)
def test_texts_whose_parts_are_in_another_order_are_told(release: str) -> None:
    check_causes("map_texts", release, TOLD, {}, SOUND)
