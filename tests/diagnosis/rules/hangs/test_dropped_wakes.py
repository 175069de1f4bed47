"""Cycles in which a wake-up was sent to nobody, and ones in which it would have been kept."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_by_page
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

DROPPED = {
    "TestRingsBeforeAnybodyListens": (
        "@bell-wait",
        "m.bell",
        "@bell-send",
        "@answer-wait",
        "@answer-send",
    ),
    "TestTurnsWhileTheInkDries": ("@turn-wait", "p.turn", "@turn-send", "@page-wait", "@page-send"),
    "TestAsksWhileItSettles": ("@ask-wait", "ask", "@ask-send", "@value-wait", "@value-send"),
}
"""Where it waits, on what, the send that gave up; where the other waits, and its end."""
OTHERS = {
    "TestKeepsOneOfTwo": Expected(
        full=(
            "wait-cycle, inferred: Stuck on each other: Ga receives from drained (@drained-wait); "
            "Gb receives from q.wake (@wake-second) [waits @drained-wait; sends @drained-send; "
            "waits @wake-second; sends @wake-send]"
        ),
    ),
    "TestTriesAndNeverInsists": Expected(
        full=(
            "wait-cycle, inferred: Stuck on each other: Ga receives from heard (@heard-wait); "
            "Gb receives from s.sound (@siren-wait) [waits @heard-wait; sends @siren-wait; "
            "waits @siren-wait; sends @siren-try; sends @siren-insist]"
        ),
    ),
}
SOUND = ("TestSomebodyComesLate", "TestKeepsTheRing")


def _claim(test: str) -> str:
    wait, name, send, _, _ = DROPPED[test]
    gives_up = f"the send ({send}) gives up where nobody receives yet"
    return f"wait-cycle, inferred: Ga receives from {name} ({wait}); {gives_up}"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", DROPPED)
def test_a_send_that_gave_up_is_the_cause_of_a_cycle(release: str, test: str) -> None:
    wait, _, send, other, its_end = DROPPED[test]
    places = f"waits {other}; sends {its_end}; waits {wait}; sends {send}"
    check_told("dropped_wakes", release, test, Expected(f"{_claim(test)} [{places}]"))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", DROPPED)
def test_a_page_shows_the_cycle_and_the_source_its_cause(release: str, test: str) -> None:
    wait, _, send, other, _ = DROPPED[test]
    sides = (f"waits {other}; waits {wait}", f"waits {wait}; waits {other}")
    claims = (f"{_claim(test)} [{each}; sends {send}]" for each in sides)
    check_by_page("dropped_wakes", release, test, *claims)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", OTHERS)
def test_a_send_that_is_kept_or_insists_is_not_said_to_give_up(release: str, test: str) -> None:
    check_told("dropped_wakes", release, test, OTHERS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_who_may_still_come_breaks_the_cycle(release: str, test: str) -> None:
    check_silent("dropped_wakes", release, test)
