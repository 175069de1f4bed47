"""A heap that every repetition adds to is told; one that only warms up is not."""

from __future__ import annotations

import re

import pytest

from diagnosis.checked_findings import explain_passed
from diagnosis.program_bundles import check_found, collected_program
from flakecore.diagnosis import Certainty, Finding, Weight
from flakecore.pprof import PROFILES_LEAST, growing_sites
from flakecore.timeline.profiles.profile_series import heap_profiles

pytestmark = pytest.mark.needs_go


def _found(*arguments: str) -> tuple[Finding, ...]:
    run = collected_program("heap_grows", "--no-race", *arguments)
    assert {test.status for test in run.case.tests} == {"pass"}
    heaps = heap_profiles(run.bundle, run.case)
    assert any(not each.artefact.endswith("/mem.pprof") for each in heaps)
    found = explain_passed(run.case, heap=lambda: heaps)
    return tuple(one for one in found if one.rule == "heap-grows")


def test_a_test_that_keeps_a_megabyte_each_time_is_seen() -> None:
    found = _found("-run", "TestKeeps", "-count", "8")
    claim = (
        r"The heap keeps growing:"
        r" (\S+) MB after the 1st, (\S+) MB after the 8th; (\S+) MB from heap_grows_test.go:24"
    )
    check_found("heap-grows", found, claim)
    (finding,) = found
    told = re.fullmatch(claim, finding.claim)
    assert told is not None
    assert 6.5 <= float(told[2]) - float(told[1]) <= 7.5
    assert (finding.certainty, finding.weight) == (Certainty.SEEN, Weight.CIRCUMSTANCE)
    assert 6 <= float(told[3]) <= 12  # by samples
    assert [each.time_ns is not None for each in finding.evidence] == [True] * 3 + [False]
    (place,) = finding.places
    assert (place.function, place.line) == ("example.com/heapgrows.TestKeeps", 24)


def test_a_cache_that_warms_up_is_no_growth() -> None:
    check_found("heap-grows", _found("-run", "TestWarmsUp", "-count", "8"))


def test_few_repetitions_tell_nothing() -> None:
    check_found("heap-grows", _found("-run", "TestKeeps", "-count", "4"))


def test_the_line_of_a_leak_is_told_by_the_profiles_between_repetitions() -> None:
    run = collected_program("heap_grows", "--no-race", "-run", "LeavesSessionsOpen", "-count", "12")
    heaps = heap_profiles(run.bundle, run.case)
    assert PROFILES_LEAST <= len(heaps) <= 12
    profiles = [each.profile for each in heaps]
    (site, *_) = growing_sites(profiles, run.case.package, of_repetitions=True)
    assert site.where.function == "example.com/heapgrows.(*session).read"
    found = _found("-run", "LeavesSessionsOpen", "-count", "12")
    check_found("heap-grows", found, ".* keeps growing: .*")
    (finding,) = found
    assert [place.line for place in finding.places] == [site.where.line]


def test_sessions_that_are_closed_leave_nothing() -> None:
    check_found("heap-grows", _found("-run", "ClosesSessions", "-count", "16"))
