"""Hangs of a type that a sound test beside uses as well, with objects of its own."""

from __future__ import annotations

import pytest

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.object_runs import BY_PAGE as PAGE_AND_SOURCE
from diagnosis.object_runs import causes_by_page, is_in_other_hands, page_run
from diagnosis.program_runs import RELEASES, Expected
from diagnosis.rule_table import record

SHAPE = "pier_stages"
HANGS = {
    "TestErrorIsReadBehindAll": Expected(
        full=(
            "wait-cycle, inferred: Stuck on each other: Ga ranges over s.out (@stage-collects); "
            "Gb sends on s.err (@stage-err) [waits @stage-collects; closes @stage-closes; sends "
            "@stage-out; waits @stage-err; receives @stage-asks]"
        )
    ),
    "TestInputStaysOpen": Expected(
        full=(
            "chan-not-closed, inferred: Ga ranges over s.in (@stage-range), which nothing closes; "
            "nobody is left that sends (@open-in) [waits @stage-range; sends @open-in; created "
            "@open-in]"
        ),
        log=(
            "chan-not-closed, inferred: Ga ranges over s.in (@stage-range), which nothing closes; "
            "nobody is left that sends (@open-in) [waits @stage-range; sends @open-in]"
        ),
    ),
    "TestSubscriberLeavesMeanwhile": Expected(
        full=(
            "lock-held, inferred: Deadlock: Ga waits for s.h.mu (@sub-lock); Gb holds it "
            "(@hub-rlock) in a channel send (@hub-sends) [waits @sub-lock; locked_at @hub-rlock; "
            "holds @hub-sends]"
        )
    ),
}
BY_PAGE = {
    "TestErrorIsReadBehindAll": (
        "wait-cycle, seen: Stuck on each other: Ga ranges over s.out (@stage-collects); Gb sends "
        "on s.err (@stage-err) [waits @stage-collects; waits @stage-err]",
        "wait-cycle, seen: Stuck on each other: Ga sends on s.err (@stage-err); Gb ranges over "
        "s.out (@stage-collects) [waits @stage-err; waits @stage-collects; closes @stage-closes; "
        "sends @stage-out; receives @stage-asks]",
    ),
    "TestInputStaysOpen": (
        "chan-not-closed, inferred: Ga ranges over s.in (@stage-range); nothing in the package "
        "closes it [waits @stage-range; sends @open-in]",
    ),
}
SOUND = ("TestErrorHasRoom", "TestInputIsClosedLate", "TestSubscriberLeavesLate")


class TestPierStages(HangsAreTold, PagesAreTold, SoundIsSilent):
    """Another test's function ends nobody's wait; a receive that is to come gives up on none."""

    shape, hangs, by_page, sound = SHAPE, HANGS, BY_PAGE, SOUND


@pytest.mark.needs_go
@pytest.mark.parametrize("release", RELEASES)
def test_a_page_has_that_the_last_receiver_waits_for_the_senders_lock(release: str) -> None:
    run, test = page_run(SHAPE, release), "TestSubscriberLeavesMeanwhile"
    expected = [
        "lock-held, seen: Deadlock: Ga waits for s.h.mu (@sub-lock); Gb holds it (@hub-rlock) in a "
        "channel send (@hub-sends) [waits @sub-lock; locked_at @hub-rlock; holds @hub-sends]"
    ]
    found = causes_by_page(run, test)
    record("lock-held", PAGE_AND_SOURCE, expected, found)
    assert found == expected or is_in_other_hands(run, test)
