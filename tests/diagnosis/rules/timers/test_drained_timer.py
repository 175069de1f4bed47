"""Waits for timers that have nothing left to send, and for timers that are merely slow."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import (
    RELEASES,
    Expected,
    Level,
    check_silent,
    check_told,
    findings,
    program,
)
from toolchains import NEWEST

SHAPE = "drained_timers"
TOLD = {
    "TestStopsADrainedTimer": Expected(
        "timer-lost, inferred: Ga waits at @drained-waits for timer, a timer with nothing to send:"
        " its Stop was false [waits @drained-waits; receives @drains]"
    ),
    "TestRearmsADrainedTimer": Expected(
        "timer-lost, inferred: Ga waits at @rearm-waits for w.timer, a timer with nothing to send:"
        " its Stop was false [waits @rearm-waits; receives @watch-drains]"
    ),
    "TestWaitsForAStoppedTimer": Expected(
        "timer-lost, inferred: Ga waits at @stopped-waits for timer, stopped at @stops"
        " [waits @stopped-waits; ended @stops]"
    ),
}
SOUND = ("TestWaitsForASlowTimer", "TestWaitsForAResetTimer", "TestDrainsWithCare")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_a_timer_without_a_value_is_told_with_what_took_it(test: str, release: str) -> None:
    check_told(SHAPE, release, test, TOLD[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_timer_that_is_set_is_not_said_to_have_no_sender(test: str, release: str) -> None:
    check_silent(SHAPE, release, test)


def test_the_place_that_took_the_value_is_in_the_evidence() -> None:
    for test in ("TestStopsADrainedTimer", "TestRearmsADrainedTimer"):
        for level in (Level.FULL, Level.LOG):
            finding = findings(program(SHAPE, NEWEST), test, level)[0]
            assert "C is empty, received before at drained_timers_test.go:" in (
                finding.evidence[-1].text
            )
