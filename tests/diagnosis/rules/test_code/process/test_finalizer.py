"""Tests that expect a finalizer to have run as soon as a collection is over."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestFreesAtOnce": [
        "test-itself, inferred: TestFreesAtOnce expects a finalizer (@sets) to have run when"
        " runtime.GC returns (@collects) [fails @freed-fails; made @sets; runs @collects]"
    ],
}
SOUND = {"TestWaitsForIt", "TestAsksForMore"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_collection_is_told_with_the_finalizer(release: str) -> None:
    check_causes("finalizers", release, TOLD, {}, SOUND)
