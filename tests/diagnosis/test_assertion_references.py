"""Every goroutine, place, time and name that a finding on an assertion has is in its evidence."""

from __future__ import annotations

import re

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import PROGRAMS, RELEASES
from flakecore.diagnosis import Finding, Role
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import Case, Failure, Lane, LaneKind

SHAPES = {
    "wall_time": (),
    "measured_time": (),
    "sleeps": (),
    "map_order": (),
    "random_source": (),
    "fixed_port": (),
    "clock_values": (),
    "left_behind": (),
    "asserted": (),
    "late_adds": (),
    "timer_first": (),
    "unheeded": (),
    "shared_state": (),
    "repeated": ("-count=4",),
    "order": ("-shuffle=1",),
    "helpers": (),
    "gave_up": (),
    "process_state": (),
    "goroutine_order": (),
    "goroutine_count": (),
    "finalizers": (),
    "children": (),
    "loop_variables": (),
    "map_results": (),
    "first_errors": (),
    "clock_stamps": (),
    "shared_files": (),
    "captured_output": (),
    "made_once": (),
    "map_texts": (),
    "tied_sorts": (),
    "shared_logs": (),
    "late_changes": (),
    "kept_errors": (),
    "float_sums": (),
    "clock_names": (),
    "fixed_dates": (),
    "outlived": (),
}
OF_SOURCE = (
    *("test-itself", "timer-lost", "context-not-heeded", "starved"),
    *(
        "shared-state",
        "order-dependent",
        "wait-group-misuse",
        "deadline-missed",
        "waits-outside",
        "starved",
    ),
)


def _moments(case: Case, failure: Failure, goroutine: int) -> set[int]:
    """Return the moments that a trace has of a goroutine."""
    found = {failure.at_ns} | {test.start_ns for test in case.tests if test.goroutine == goroutine}
    assert case.schedule is not None
    known = case.schedule.goroutine(goroutine)
    assert known is not None
    found |= {each for each in (known.created_ns, known.ended_ns) if each is not None}
    lane = Lane(LaneKind.GOROUTINE, goroutine)
    interval = case.schedule.last(lane)
    while interval is not None:
        found.add(interval.start_ns)
        interval = case.schedule.before(lane, interval.start_ns)
    return found


def _check(case: Case, shape: str, failure: Failure, finding: Finding) -> None:
    assert len(finding.claim) <= CLAIM_LIMIT
    assert finding.evidence
    lines = {path.name: path.read_text().splitlines() for path in (PROGRAMS / shape).glob("*.go")}
    known = {(place.file.rpartition("/")[2], place.line) for place in finding.places}
    for name, line in known:
        assert 0 < line <= len(lines[name]), finding
    texts = [finding.claim, *(each.text for each in finding.evidence)]
    for found in re.finditer(r"([\w.-]+\.go):(\d+)", " ".join(texts)):
        at = (found[1], int(found[2]))
        assert at in known or 0 < at[1] <= len(lines[at[0]]), finding
    for found in re.finditer(r"([\w.-]+\.go):(\d+)", finding.claim):
        assert (found[1], int(found[2])) in known, finding
    held = {place.goroutine for place in finding.places}
    held |= {each.goroutine for each in finding.evidence}
    assert {int(each) for each in re.findall(r"\bG(\d+)\b", " ".join(texts))} <= held, finding
    for place in finding.places:
        if place.role is Role.FAILS:
            assert (place.line, place.goroutine) == (failure.line, failure.goroutine)
        elif place.role is Role.CREATED and place.goroutine:
            assert re.search(r"\bgo\b", lines[place.file.rpartition("/")[2]][place.line - 1])
    for each in finding.evidence:
        if each.time_ns is not None:
            assert each.time_ns in _moments(case, failure, each.goroutine), finding
    tests = {part for test in case.tests for part in test.name.split("/")}
    assert set(re.findall(r"\bTest\w+", " ".join(texts))) <= tests | {"Test"}, finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_finding_on_an_assertion_names_is_in_its_evidence(shape: str, release: str) -> None:
    told = 0
    for case in (
        case_of(shape, release, *SHAPES[shape]),
        case_of_log(shape, release, *SHAPES[shape]),
    ):
        found = found_on(case)
        for failure in case.failures:
            for finding in found[failure.test_name] if _is_last(case, failure) else ():
                if finding.rule in OF_SOURCE:
                    told += 1
                    _check(case, shape, failure, finding)
    assert told


def _is_last(case: Case, failure: Failure) -> bool:
    """Return whether a failure is the last one of its test's name."""
    return failure == [e for e in case.failures if e.test_name == failure.test_name][-1]
