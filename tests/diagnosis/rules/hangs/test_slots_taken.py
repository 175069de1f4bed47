"""Semaphores whose slots are all held by goroutines that wait."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_by_page, check_no_cause_by_page
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestSlotsAreKept": Expected(
        full=(
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take); Gc and "
            "Gd, which hold some, wait in wait group (@walker-wait) [waits @walker-take; waits "
            "@walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
}
BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestSlotsAreKept": (
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of w.slots (@walker-take), all 2 "
            "taken; Gc and Gd, which hold them, wait in wait group [waits @walker-take; waits "
            "@walker-take; holds @walker-wait; holds @walker-wait]"
        ),
    ),
    "TestTaskStartsATask": (
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of c.places (@crew-take), the only "
            "one taken; Ga, which holds one, wants another [waits @crew-take; waits @crew-take]"
        ),
        (
            "sem-stuck, inferred: Ga and Gb wait for a slot of c.places (@crew-take), the only "
            "one taken; Gb, which holds one, wants another [waits @crew-take; waits @crew-take]"
        ),
    ),
}
SOUND = ("TestSlotsAreGivenBack",)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_who_holds_the_slots_is_told_beside_who_wants_one(release: str, test: str) -> None:
    check_told("services", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", BY_PAGE)
def test_all_slots_that_the_page_has_are_told_with_their_holders(release: str, test: str) -> None:
    check_by_page("services", release, test, *BY_PAGE[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_slots_that_are_given_back_are_no_cause(release: str, test: str) -> None:
    check_silent("services", release, test)
    check_no_cause_by_page("services", release, test)
