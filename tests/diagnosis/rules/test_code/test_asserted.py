"""Tests that fail by testify are told by the values that they assert, as by an if of their own."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import check_causes
from diagnosis.program_runs import RELEASES

RULE = "test-itself, inferred"
WALL = "measures wall time: it fails if"
ALL_EVIDENCE = {
    "TestIsQuick": [
        "deadline-missed, inferred: Ga of TestIsQuick was asleep for T at @works [waits @works]",
        f"{RULE}: TestIsQuick {WALL} took >= 2*time.Millisecond (@less); a busy machine is enough"
        " [fails @less; reads @took]",
    ],
    "TestIsQuickByTrue": [
        f"{RULE}: TestIsQuickByTrue {WALL} time.Since(begin) >= time.Millisecond (@true)"
        " [fails @true; reads @true]"
    ],
    "TestDraws": [
        f"{RULE}: TestDraws checks a random value: rand.Intn(1 << 30) (@draws) is drawn anew in"
        " each run since Go 1.20 [fails @drawn; reads @draws]"
    ],
    "TestSleepsForAGoroutine": [
        f"{RULE}: TestSleepsForAGoroutine sleeps for T (@sleeps) instead of waiting for Ga,"
        " started at @starts [fails @asked; waits @sleeps; created @starts]"
    ],
    "TestComesLate": [
        "deadline-missed, inferred: TestComesLate gave up after T (@eventually-fails); Ga was still"
        " asleep (@eventually-works) [fails @eventually-fails; runs @eventually-works]"
    ],
    "TestTiming/TestIsQuick": [
        "deadline-missed, inferred: Ga of TestTiming/TestIsQuick was asleep for T at @works"
        " [waits @works]",
        f"{RULE}: TestTiming/TestIsQuick {WALL} took >= 2*time.Millisecond (@suite-less)"
        " [fails @suite-less; reads @suite-took]",
    ],
    "TestTiming/TestIsQuickByTrue": [
        f"{RULE}: TestTiming/TestIsQuickByTrue {WALL} time.Since(begin) >= time.Millisecond"
        " (@suite-true) [fails @suite-true; reads @suite-true]"
    ],
    "TestTiming/TestDraws": [
        f"{RULE}: TestTiming/TestDraws checks a random value, drawn at @suite-draws"
        " [fails @suite-drawn; reads @suite-draws]"
    ],
    "TestTiming/TestFailsByItself": [
        f"{RULE}: TestTiming/TestFailsByItself {WALL} time.Since(begin) > time.Millisecond"
        " (@suite-fails) [fails @suite-fails; reads @suite-asks]"
    ],
}
LOG: dict[str, list[str]] = {
    "TestSleepsForAGoroutine": [],
    "TestComesLate": [],
    "TestIsQuick": [
        f"{RULE}: TestIsQuick {WALL} took >= 2*time.Millisecond (@less); a busy machine is enough"
        " [fails @less; reads @took]"
    ],
    "TestTiming/TestIsQuick": [
        f"{RULE}: TestTiming/TestIsQuick {WALL} took >= 2*time.Millisecond (@suite-less)"
        " [fails @suite-less; reads @suite-took]"
    ],
}
SOUND = {"TestWantsMore", "TestIsSlow", "TestTiming/TestWantsRows"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_asserted_is_the_condition(release: str) -> None:
    check_causes("asserted", release, ALL_EVIDENCE, LOG, SOUND)
