"""Accesses of a race that no goroutine of the program's own did: finalizers of the runtime."""

from __future__ import annotations

from diagnosis.program_bundles import collected_program, findings_on, named, places_of


def test_an_access_of_a_finalizer_is_told_as_one_and_not_by_who_made_its_goroutine() -> None:
    (finding,) = findings_on(collected_program("finalizer_races"), "TestClosesHandles")
    assert named(finding.claim) == (
        "Race on closed: Open.func1 writes at @closes, TestClosesHandles reads at @reads-closed"
    )
    assert places_of(finding) == ["writes @closes", "reads @reads-closed"]
    assert [named(each.text) for each in finding.evidence[:2]] == [
        "later read in TestClosesHandles (@reads-closed), the test itself: GN in the trace",
        "earlier write in Open.func1 (@closes), a finalizer",
    ]


def test_an_access_that_a_finalizer_does_in_a_library_is_told_by_that() -> None:
    (finding,) = findings_on(collected_program("finalizer_races"), "TestFlushesLog")
    write, _, read = finding.claim.partition(", ")
    assert write.startswith("Race: (*Buffer).grow writes at buffer.go:")
    assert write.endswith(" (a finalizer)")
    assert named(read) == "Printed reads at @reads-log (the test itself)"


def test_a_handle_that_is_kept_is_not_raced_for() -> None:
    run = collected_program("finalizer_races")
    failed = {each.test_name for each in run.case.failures}
    assert failed == {"TestClosesHandles", "TestFlushesLog"}
