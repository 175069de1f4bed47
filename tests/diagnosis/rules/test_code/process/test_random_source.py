"""Assertions on random values, and assertions beside them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.assertion_runs import Told, case_of, causes_of, check_causes
from diagnosis.program_runs import RELEASES
from toolchains import NEWEST

TOLD: Told = {
    "TestDraws": [
        "test-itself, inferred: TestDraws checks a random value: rand.Intn(5000) (@draws) is drawn"
        " anew in each run since Go 1.20 [fails @draws-fails; reads @draws]"
    ],
    "TestPicks": [
        "test-itself, inferred: TestPicks checks a random value: rand.Intn(len(from)) (@picks) is"
        " drawn anew in each run since Go 1.20 [fails @picks-fails; reads @picks]"
    ],
    "TestSeedsByTheClock": [
        "test-itself, inferred: TestSeedsByTheClock checks a random value, drawn at @clock-draws"
        " [fails @clock-fails; reads @clock-draws]"
    ],
    "TestShuffles": [
        "test-itself, inferred: TestShuffles checks a random value: rand.Shuffle (@shuffles) is"
        " drawn anew in each run since Go 1.20 [fails @shuffles-fails; reads @shuffles]"
    ],
    "TestNumbers": [
        "test-itself, inferred: TestNumbers checks a random value, drawn at @numbers"
        " [fails @numbers-fails; reads @numbers]"
    ],
}
SOUND = {
    *("TestSeedsByOne", "TestNamesAtRandom", "TestWaitsAtRandom", "TestDrawsAndForgets"),
    *("TestShufflesAll", "TestTop"),
}


@pytest.mark.parametrize("release", RELEASES)
def test_a_draw_is_told_where_the_assertion_checks_it(release: str) -> None:
    check_causes("random_source", release, TOLD, {}, SOUND)


@pytest.mark.parametrize(("version", "is_told"), [("go1.27.3", True), ("go1.19.13", False)])
def test_releases_that_give_the_global_source_one_seed_draw_the_same_each_time(
    version: str, is_told: bool
) -> None:
    told = causes_of(replace(case_of("random_source", NEWEST), go_version=version))
    assert bool(told["TestDraws"]) is is_told
    assert all("since" not in each for each in told["TestDraws"])
    assert told["TestSeedsByTheClock"] == TOLD["TestSeedsByTheClock"]
