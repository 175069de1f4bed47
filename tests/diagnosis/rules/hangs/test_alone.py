"""Waits that only the waiter itself could end, or that a panic or a way out has left, are told."""

from __future__ import annotations

import pytest

from diagnosis.hang_tables import HangsAreTold, PagesAreTold, SoundIsSilent
from diagnosis.object_runs import check_by_page
from diagnosis.program_runs import RELEASES, Expected, Level, causes, program

_ROUTE = (
    "wait-group-stuck, inferred: Ga waits for known.over (@trip-wait){}; only Ga itself could "
    "still call its Done (@trip-done) [waits @trip-wait;{} done @trip-done]"
)
_CREW = (
    "wait-group-stuck, inferred: Ga waits for c.at (@crew-wait); only Ga itself could still call "
    "its Done (@crew-done) [waits @crew-wait; done @crew-done{}]"
)
_CREWS = (
    "wait-group-stuck, inferred: Ga and Gb wait for c.at (@crew-wait), 1 Done short; only {} "
    "itself could still call its Done{} [waits @crew-wait; waits @crew-wait; adds @crew-add; "
    "done @crew-end; done @crew-done]"
)
_BATCH = (
    "wait-group-stuck, inferred: Ga waits for b.left (@batch-wait){}; a panic, recovered at "
    "@batch-recover, would skip the Done [waits @batch-wait;{} done @batch-done{}]"
)


HANGS = {
    "TestRouteLeadsBack": Expected(full=_ROUTE.format("", "")),
    "TestCrewWaitsForItself": Expected(
        full=_CREW.format("; created @crew-go"), log=_CREW.format("")
    ),
    "TestClerkAsksItself": Expected(
        full=(
            "chan-no-receiver, inferred: Ga sends on c.inbox (@clerk-send); only Ga itself "
            "could still receive (@clerk-range) [waits @clerk-send; receives @clerk-range]"
        )
    ),
    "TestPanicSkipsDone": Expected(
        full=_BATCH.format("", "", "; created @batch-go"), log=_BATCH.format("", "", "")
    ),
    "TestWaitsOnItsWayOut": Expected(
        full=(
            "chan-no-receiver, inferred: Ga sends on results (@check-send); the loop that receives "
            "(@check-receive) ends at @check-return [waits @check-send; receives @check-receive]"
        )
    ),
}
BY_PAGE = {
    "TestRouteLeadsBack": (_ROUTE.format(", 1 Done short", " adds @trip-add;"),),
    "TestCrewWaitsForItself": tuple(
        _CREWS.format(who, where)
        for who in ("Ga", "Gb")
        for where in ("", " (@crew-done)")  # where the numbers leave room for it
    ),
    "TestClerkAsksItself": (
        "chan-no-receiver, seen: Ga sends on c.inbox (@clerk-send); it received last itself "
        "(@clerk-range); only stuck goroutines have it [waits @clerk-send; receives "
        "@clerk-range]",
    ),
    "TestPanicSkipsDone": (_BATCH.format(", 1 Done short", " adds @batch-add;", ""),),
    "TestWaitsOnItsWayOut": (
        "chan-no-receiver, seen: Ga sends on results (@check-send); Gb, which received last, waits "
        "for Ga (@check-return) [waits @check-send; receives @check-receive; waits @check-return]",
    ),
}
SOUND = (
    "TestFerryIsAskedTwice",
    "TestBandIsLate",
    "TestGuardIsBusy",
    "TestPanicIsRecovered",
    "TestLeavesSlowly",
    "TestPipeIsReadLate",
)


class TestAlone(HangsAreTold, PagesAreTold, SoundIsSilent):
    shape, hangs, by_page, sound = "alone", HANGS, BY_PAGE, SOUND


@pytest.mark.parametrize("release", RELEASES)
def test_a_write_to_a_pipe_of_the_standard_library_is_told_where_it_stands(release: str) -> None:
    told = (
        "chan-no-receiver, seen: Ga writes to an io.Pipe (@pipe-write); only stuck goroutines have "
        "its other end [waits pipe.go:86]"
    )
    older = told.replace("pipe.go:86", "pipe.go:78")
    check_by_page("alone", release, "TestWritesToItsOwnPipe", told, older)


@pytest.mark.parametrize("release", RELEASES)
def test_who_yields_in_a_loop_that_nobody_ends_spins_and_is_not_starved(release: str) -> None:
    run = program("yields", release, "-timeout=200ms")
    (told,) = causes(run, "TestYieldsForEver", Level.FULL)
    assert told.startswith("slow-not-stuck, inferred: Spins: Ga ")
    assert "only asks for !g.open.Load() (@gate-loop), which only lift sets" in told
