"""Races are told with both accesses, and who started either goroutine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from diagnosis.assertion_runs import case_of, case_of_log
from diagnosis.checked_findings import explain, explain_passed
from diagnosis.program_bundles import (
    collected_program,
    findings_on,
    named,
    places_of,
    sources_of,
)
from diagnosis.rule_table import record
from flakecore.diagnosis import Certainty
from flakecore.timeline import Case, Lane, LaneKind
from timeline.captures import Capture, read
from toolchains import NEWEST


def _claims(test: str) -> list[str]:
    found = findings_on(collected_program("race"), test)
    assert {each.rule for each in found} == {"race"}
    assert {each.certainty for each in found} == {Certainty.SEEN}
    return [named(each.claim) for each in found]


def test_a_write_beside_a_read_is_told_with_both_places_and_creators() -> None:
    assert _claims("TestWritesBesideRead") == [
        "Race on s.count: (*Stats).Add writes at @adds, (*Stats).Total reads at @reads"
    ]
    (finding,) = findings_on(collected_program("race"), "TestWritesBesideRead")
    assert places_of(finding) == ["writes @adds", "created @starts", "reads @reads"]
    assert finding.next == "take s.mu in (*Stats).Add too, if both mean one object"


def test_both_goroutines_are_those_of_the_trace_and_never_one() -> None:
    run = collected_program("race")
    (finding,) = findings_on(run, "TestWritesBesideRead")
    writer, reader = finding.places[0].goroutine, finding.places[-1].goroutine
    assert reader == run.test("TestWritesBesideRead").goroutine
    assert writer not in (0, reader)
    goroutine = run.schedule.goroutine(writer)
    assert goroutine is not None
    assert (goroutine.creator, goroutine.function) == (
        reader,
        "example.com/race.(*Stats).Start.func1",
    )
    assert run.schedule.last(Lane(LaneKind.GOROUTINE, writer)) is not None


def test_goroutines_that_nothing_tells_apart_have_no_number() -> None:
    for finding in findings_on(collected_program("race"), "TestTwoAlike"):
        assert {place.goroutine for place in finding.places} == {0}
        assert named(finding.claim).startswith(
            "Race on s.count: two goroutines (from @starts) in (*Stats).Add"
        )


def test_goroutines_from_two_places_are_told_with_both() -> None:
    claims = _claims("TestSorts")
    assert any("@first-writer" in claim and "@second-writer" in claim for claim in claims)


def test_a_goroutine_of_a_test_that_had_ended_is_told_as_such() -> None:
    # Which access comes later, and so whose test is blamed, is up to chance; it may be either.
    blamed = {each.test_name for each in collected_program("race").case.failures}
    found = blamed & {"TestLeavesWriter", "TestReadsLater"}
    assert found
    for test in found:
        assert _claims(test) == [
            "Race on s.count: (*Stats).Add writes at @adds, (*Stats).Total reads at @reads,"
            " after TestLeavesWriter had ended"
        ]


def test_reports_that_are_alike_are_told_once() -> None:
    run = collected_program("race")
    (failure,) = (each for each in run.case.failures if each.test_name == "TestWritesBesideRead")
    twice = replace(failure, races=failure.races * 2, race_goroutines=failure.race_goroutines * 2)
    (finding,) = explain(run.case, twice)
    assert "reported 2 times alike" in [each.text for each in finding.evidence]


def test_without_a_trace_and_source_the_claim_stays_and_the_goroutines_have_no_numbers() -> None:
    run = collected_program("race")
    case = replace(run.case, schedule=None, trace=None, gc=None, annotations=None)
    (failure,) = (each for each in case.failures if each.test_name == "TestWritesBesideRead")
    (finding,) = explain(case, replace(failure, race_goroutines=((0, 0),)))
    (whole,) = findings_on(run, "TestWritesBesideRead")
    assert named(finding.claim) == (
        "Race: (*Stats).Add writes at @adds (from @starts),"
        " (*Stats).Total reads at @reads (the test itself)"
    )
    assert whole.claim.startswith("Race on s.count: (*Stats).Add writes at ")
    assert finding.next == ""
    assert {place.goroutine for place in finding.places} == {0}


def test_a_lock_that_a_caller_holds_is_told_beside_the_access_without() -> None:
    assert _claims("TestPeeks") == [
        "Race on b.sum: (*Bank).add writes at @bank-adds, (*Bank).Peek reads at @peeks"
    ]
    (finding,) = findings_on(collected_program("race"), "TestPeeks")
    assert "b.mu is held where (*Bank).add writes, as the source of its stack tells" in [
        each.text for each in finding.evidence
    ]
    assert finding.next == "take b.mu in (*Bank).Peek too, if both mean one object"


def test_what_is_locked_waited_for_or_apart_is_no_finding() -> None:
    run = collected_program("race")
    sound = {"TestLocked", "TestSums", "TestPeeksBehind", "TestSortsApart"}
    assert sound <= {each.name for each in run.case.tests}
    assert not sound & {each.test_name for each in run.case.failures}
    assert explain_passed(run.case) == ()


SIBLINGS = """=== RUN   TestTotals
=== RUN   TestTotals/add
=== PAUSE TestTotals/add
=== RUN   TestTotals/add#01
=== PAUSE TestTotals/add#01
=== RUN   TestTotals/add#02
=== PAUSE TestTotals/add#02
=== CONT  TestTotals/add
=== CONT  TestTotals/add#01
=== CONT  TestTotals/add#02
==================
WARNING: DATA RACE
Write at 0x00c0000120a8 by goroutine 9:
  example.com/shared.TestTotals.func1()
      /src/shared_test.go:15 +0x8e

Previous read at 0x00c0000120a8 by goroutine 10:
  example.com/shared.TestTotals.func1()
      /src/shared_test.go:13 +0x64

Goroutine 9 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:2036 +0x21d

Goroutine 10 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:2036 +0x21d
==================
=== NAME  TestTotals/add
    testing.go:1867: race detected during execution of test
--- FAIL: TestTotals (0.00s)
    --- PASS: TestTotals/add#02 (0.00s)
    --- FAIL: TestTotals/add (0.00s)
    --- PASS: TestTotals/add#01 (0.00s)
=== RUN   TestLater
    testing.go:1867: race detected during execution of test
--- FAIL: TestLater (0.00s)
FAIL
FAIL\texample.com/shared\t0.011s
"""


def test_a_test_that_fails_for_a_race_beside_it_is_told_that_race(tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(SIBLINGS)
    case = read(tmp_path).case
    (failure,) = (each for each in case.failures if each.test_name == "TestTotals/add")
    (finding,) = explain(case, failure)
    assert finding.claim == (
        "Race between two of 3 subtests of TestTotals: write at shared_test.go:15,"
        " read at shared_test.go:13"
    )
    assert (failure.file, failure.line) == ("/src/shared_test.go", 15)
    # What was counted for one test is not counted for the next.
    (later,) = (each for each in case.failures if each.test_name == "TestLater")
    assert later.races == ()
    assert explain(case, later) == ()


def _races_of(top: str, case: Case, run: Capture, *, trace: bool) -> set[str]:
    found: set[str] = set()
    for failure in case.failures:
        if failure.test_name.partition("/")[0] != top:
            continue
        if not trace:
            failure = replace(failure, race_goroutines=((0, 0),) * len(failure.races))
        told = explain(case, failure, sources_of(run))
        assert all(each.rule == "race" for each in told)
        assert all(each.certainty is Certainty.SEEN for each in told)
        found |= {named(each.claim) for each in told}
    return found


BETWEEN = {
    "TestTwoSubtests": (
        r"Race on total between TestTwoSubtests/add and TestTwoSubtests/count"
        r"(?: in TestTwoSubtests.func1)? at @siblings: (?:both write|one writes, the other reads)"
    ),
    "TestThreeSubtests": (
        r"Race on last between two of 3 subtests of TestThreeSubtests in TestThreeSubtests.func1"
        r" at @one-of-three: both write"
    ),
    "TestSubtestsApart": (
        r"Race between TestSubtestsApart/(?:writes and TestSubtestsApart/reads"
        r"|reads and TestSubtestsApart/writes): write at @apart-writes, read at @apart-reads"
    ),
}


@pytest.mark.parametrize("trace", [True, False])
@pytest.mark.parametrize("test", BETWEEN)
def test_subtests_that_share_a_variable_are_both_named(test: str, trace: bool) -> None:
    run = collected_program("race")
    case = run.case
    if not trace:
        case = replace(case, schedule=None, trace=None, gc=None, annotations=None)
    claims = _races_of(test, case, run, trace=trace)
    assert claims
    for claim in claims:
        right = re.fullmatch(BETWEEN[test], claim) is not None
        told = [f"race, seen: {claim}"]
        record("race", "trace" if trace else "log", told if right else ["race, seen"], told)
        assert right, claim


def test_subtests_that_share_nothing_do_not_race() -> None:
    names = {each.test_name for each in collected_program("race").case.failures}
    assert not any(name.startswith("TestSubtestsShareNothing") for name in names)


SPEAKS_LATE = """WARNING: DATA RACE
Write at 0x00c0001bc20b by goroutine 151:
  testing.tRunner.func1()
      /usr/local/go/src/testing/testing.go:1921 +0x904
  runtime.deferreturn()
      /usr/local/go/src/runtime/panic.go:589 +0x5d
  testing.(*T).Run.gowrap1()
      /usr/local/go/src/testing/testing.go:1997 +0x44

Previous read at 0x00c0001bc20b by goroutine 159:
  testing.(*outputWriter).writeLine()
      /usr/local/go/src/testing/testing.go:1159 +0x70
  testing.(*common).log()
      /usr/local/go/src/testing/testing.go:1040 +0x164
  testing.(*common).Logf()
      /usr/local/go/src/testing/testing.go:1191 +0x8e
  go.uber.org/zap/zaptest.TestingWriter.Write()
      /go/pkg/mod/go.uber.org/zap@v1.27.0/zaptest/logger.go:146 +0x119
  example.com/agent.(*Reloader).reload()
      /src/agent/reloader.go:190 +0x40c

Goroutine 151 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:1997 +0x9d2

Goroutine 159 (running) created at:
  example.com/agent.TestReloads()
      /src/agent/reloader_test.go:55 +0x36f
==================
"""


def test_a_race_with_the_end_of_a_test_is_told_by_who_speaks_to_it(tmp_path: Path) -> None:
    (tmp_path / "test.log").write_text(SPEAKS_LATE)
    case = read(tmp_path).case
    (finding,) = explain(case, case.failures[0])
    assert finding.claim == (
        "(*Reloader).reload at reloader.go:190 (from reloader_test.go:55) logs to TestReloads"
        " while that ends"
    )
    assert finding.next == "let the test wait for the goroutine before it returns"


def test_who_has_no_frame_of_its_own_is_told_in_whole_words(tmp_path: Path) -> None:
    written = SPEAKS_LATE.replace("testing.(*common).Logf", "testing.(*common).Name")
    (tmp_path / "test.log").write_text(written.replace("(*common).log()", "(*common).Name()"))
    case = read(tmp_path).case
    (finding,) = explain(case, case.failures[0])
    assert finding.claim == (
        "Race: a write by the test itself, (*Reloader).reload reads at reloader.go:190"
        " (from reloader_test.go:55)"
    )


CLEANS_UP = """WARNING: DATA RACE
Read at 0x00c000094958 by goroutine 24:
  example.com/pool.TestEnd.func1()
      /src/pool_test.go:40 +0x2e
  testing.(*common).Cleanup.func1()
      /usr/local/go/src/testing/testing.go:1462 +0x168
  testing.(*common).runCleanup()
      /usr/local/go/src/testing/testing.go:1822 +0x225
  testing.tRunner.func2()
      /usr/local/go/src/testing/testing.go:2189 +0x4c
  runtime.deferreturn()
      /usr/local/go/src/runtime/panic.go:668 +0x53
  testing.(*T).Run.gowrap1()
      /usr/local/go/src/testing/testing.go:2260 +0x38

Previous write at 0x00c000094958 by goroutine 25:
  example.com/pool.TestEnd.func2()
      /src/pool_test.go:41 +0x4a

Goroutine 24 (running) created at:
  testing.(*T).Run()
      /usr/local/go/src/testing/testing.go:2260 +0xb12

Goroutine 25 (finished) created at:
  example.com/pool.TestEnd()
      /src/pool_test.go:41 +0x11e
==================
"""
_CLEANUP = CLEANS_UP[CLEANS_UP.index("  testing.(*common)") : CLEANS_UP.index("  testing.(*T)")]
_CALLS = "  example.com/pool.TestEnd()\n      /src/pool_test.go:43 +0x51\n"
_RUNS = "  testing.tRunner()\n      /usr/local/go/src/testing/testing.go:2195 +0x286\n"


@pytest.mark.parametrize(
    ("callers", "who"),
    [
        (_CLEANUP, "the test itself"),
        (f"{_CALLS}{_RUNS}", "the test itself"),
        (_RUNS, "a subtest of TestEnd"),
    ],
)
def test_a_function_that_a_test_calls_at_its_end_is_no_subtest(
    callers: str, who: str, tmp_path: Path
) -> None:
    (tmp_path / "test.log").write_text(CLEANS_UP.replace(_CLEANUP, callers))
    case = read(tmp_path).case
    (finding,) = explain(case, case.failures[0])
    read_at = next(each.text for each in finding.evidence if "read" in each.text)
    assert read_at == f"later read in TestEnd.func1 (pool_test.go:40), {who}"


@pytest.mark.parametrize("release", ["1.22.10", NEWEST])
@pytest.mark.parametrize("of", [case_of, case_of_log])
def test_all_that_fail_for_one_race_point_at_it(of: Callable[..., Case], release: str) -> None:
    case = of("races_beside", release, "-race")
    found = {
        failure.test_name: [each.claim for each in explain(case, failure)]
        for failure in case.failures
    }
    assert len({failure.races for failure in case.failures if failure.races}) == 1
    later = found.pop("TestLater")
    assert later == []
    assert {"TestMeet/one", "TestMeet/two", "TestMeet/looker"} & found.keys() > set()
    assert len({tuple(claims) for claims in found.values()}) == 1
    for claims in found.values():
        (claim,) = claims
        assert "@one-counts" in named(claim) and "@two-counts" in named(claim)
