"""Every goroutine, place and time that a finding names is in its evidence, for all programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from diagnosis.program_runs import RELEASES, Level, findings, program, reduced
from flakecore.diagnosis import Finding, Role
from flakecore.diagnosis.findings import CLAIM_LIMIT
from flakecore.timeline import Case, Lane, LaneKind

SHAPES = (
    "busy_loops",
    "chan_nil",
    "lock_cycle",
    "lock_held",
    "peer_gone",
    "self_lock",
    "slow_not_stuck",
    "wait_cycle",
    "waits_outside",
)
OF_SOURCE = (Role.LOCKED_AT, Role.CREATED, Role.ENDED)
"""Roles of places that only the source has, or the creation of a goroutine."""


def _frames(case: Case, number: int) -> set[tuple[str, str]]:
    """Return functions and files of the frames that the evidence has of a goroutine."""
    found: set[tuple[str, str]] = set()
    for crash in case.crashes:
        for dump in crash.goroutines:
            if dump.number == number:
                found |= {(frame.function, frame.file) for frame in dump.frames}
                if dump.creator is not None:
                    found.add((dump.creator.function, dump.creator.file))
    if case.schedule is not None:
        for each in _stacks(case, number):
            found.add(each)
    return found


def _stacks(case: Case, number: int) -> Iterator[tuple[str, str]]:
    assert case.schedule is not None
    lane = Lane(LaneKind.GOROUTINE, number)
    interval = case.schedule.last(lane)
    for _ in range(50):
        if interval is None:
            break
        for frame in interval.stack:
            yield frame.function, frame.file
        interval = case.schedule.before(lane, interval.start_ns)
    known = case.schedule.goroutine(number)
    if known is not None:
        yield known.function, ""
        for frame in known.creation_stack:
            yield frame.function, frame.file


def _lines(case: Case, number: int) -> set[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for crash in case.crashes:
        for dump in crash.goroutines:
            if dump.number == number:
                found |= {(frame.file, frame.line) for frame in dump.frames}
    if case.schedule is not None:
        lane = Lane(LaneKind.GOROUTINE, number)
        interval = case.schedule.last(lane)
        while interval is not None and len(found) < 500:
            found |= {(frame.file, frame.line) for frame in interval.stack}
            interval = case.schedule.before(lane, interval.start_ns)
    return found


def _goroutines(case: Case) -> set[int]:
    numbers = {dump.number for crash in case.crashes for dump in crash.goroutines}
    if case.schedule is not None:
        numbers |= {lane.id for lane in case.schedule.lanes(LaneKind.GOROUTINE)}
    return numbers


def _check_places(case: Case, finding: Finding) -> None:
    for place in finding.places:
        if place.goroutine and place.role in OF_SOURCE:
            files = {file for _, file in _frames(case, place.goroutine)}
            assert place.file in files, (finding, place)
        elif place.goroutine and place.line:
            assert (place.file, place.line) in _lines(case, place.goroutine), (finding, place)
        if place.line:
            lines = Path(place.file).read_text().splitlines()
            assert 0 < place.line <= len(lines), (finding, place)


def _check_times(case: Case, finding: Finding) -> None:
    for evidence in finding.evidence:
        if evidence.time_ns is None:
            continue
        assert case.schedule is not None
        known = case.schedule.goroutine(evidence.goroutine)
        assert known is not None
        at = case.schedule.at(Lane(LaneKind.GOROUTINE, evidence.goroutine), evidence.time_ns)
        begins = at is not None and at.start_ns == evidence.time_ns
        assert begins or known.ended_ns == evidence.time_ns, (finding, evidence)


def _check_text(case: Case, finding: Finding) -> None:
    assert len(finding.claim) <= CLAIM_LIMIT, finding.claim
    texts = [finding.claim, *(each.text for each in finding.evidence), finding.next]
    held = {place.goroutine for place in finding.places} | finding.explains
    held |= {each.goroutine for each in finding.evidence}
    named = {int(each) for text in texts for each in re.findall(r"\bG(\d+)\b", text)}
    assert named <= held, finding
    assert named <= _goroutines(case), finding
    known = {(place.file.rpartition("/")[2], place.line) for place in finding.places}
    for number in held - {0}:
        known |= {(file.rpartition("/")[2], line) for file, line in _lines(case, number)}
    told = {
        (found[1], int(found[2])) for found in re.finditer(r"([\w.-]+\.go):(\d+)", finding.claim)
    }
    sources = {place.file for place in finding.places if place.file}
    for name, line in told - known:
        # A return that is said to skip an operation stands in the operation's file.
        (path,) = {each for each in sources if each.endswith(f"/{name}")}
        assert "return" in Path(path).read_text().splitlines()[line - 1], finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_a_finding_names_is_in_its_evidence(shape: str, level: Level, release: str) -> None:
    run = program(shape, release)
    case = reduced(run.case, level)
    told = 0
    for failure in case.failures:
        for finding in findings(run, failure.test_name, level):
            told += 1
            _check_text(case, finding)
            if finding.rule != "blocked":
                _check_places(case, finding)
            _check_times(case, finding)
            assert finding.evidence
    assert told or level in (Level.BARE, Level.LOG)
