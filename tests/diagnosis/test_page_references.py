"""Every goroutine, place and time that a finding with objects names is in the page or the trace."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from diagnosis.object_runs import OLDER, page_findings, page_run
from flakecore.diagnosis import Certainty, Finding, Role
from flakecore.objects import ObjectsPage, PageStack
from flakecore.timeline import Case, LaneKind
from toolchains import NEWEST

SHAPES = (
    *("contexts", "lock_cycle", "lock_held", "once_stuck", "peer_gone", "self_lock", "slots"),
    *("timers", "wait_cycle"),
)
_INFERRED = "inferred from the source: "


def _stacks(page: ObjectsPage) -> Iterator[PageStack]:
    for each in page.goroutines:
        yield each.stack
        yield (each.created_at,) if each.created_at is not None else ()
    for found in page.objects:
        yield from (holder.stack for holder in found.holders)
        yield from (event.stack for _, event in found.events)


def _times(case: Case, page: ObjectsPage) -> set[int | None]:
    found: set[int | None] = {None, page.at_ns}
    found |= {each.since_ns for each in page.goroutines}
    found |= {each.ended_ns for each in page.goroutines}
    for each in page.objects:
        found |= {holder.since_ns for holder in each.holders}
        found |= {event.at_ns for _, event in each.events}
    if case.schedule is not None:
        for lane in case.schedule.lanes(LaneKind.GOROUTINE):
            known = case.schedule.goroutine(lane.id)
            found.add(known.ended_ns if known is not None else None)
            last = case.schedule.last(lane)
            found.add(last.start_ns if last is not None else None)
    return found


def _numbers(case: Case, page: ObjectsPage) -> set[int]:
    found = set(page.by_number)
    found |= {holder.goroutine for each in page.objects for holder in each.holders}
    found |= {event.goroutine for each in page.objects for _, event in each.events}
    if case.schedule is not None:
        found |= {lane.id for lane in case.schedule.lanes(LaneKind.GOROUTINE)}
    return found


def _check(case: Case, page: ObjectsPage, finding: Finding) -> None:
    lines = {(frame.file, frame.line) for stack in _stacks(page) for frame in stack}
    inferred = any(each.text.startswith(_INFERRED) for each in finding.evidence)
    for place in finding.places:
        if not place.goroutine and inferred:
            continue  # of the source alone
        if place.role is Role.CREATED:
            assert place.file, (finding, place)
            continue
        assert (place.file, place.line) in lines, (finding, place)
    texts = [finding.claim, *(each.text for each in finding.evidence), finding.next]
    named = {int(each) for text in texts for each in re.findall(r"\bG(\d+)\b", text)}
    assert named <= _numbers(case, page), finding
    assert finding.explains <= set(page.by_number), finding
    told = {
        (found[1], int(found[2])) for found in re.finditer(r"([\w.-]+\.go):(\d+)", finding.claim)
    }
    assert told <= {(file.rpartition("/")[2], line) for file, line in lines}, finding
    assert {each.time_ns for each in finding.evidence} <= _times(case, page), finding
    assert len(finding.claim) <= 120


@pytest.mark.parametrize("release", (pytest.param(OLDER, marks=pytest.mark.slow), NEWEST))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.slow
def test_what_a_finding_with_objects_names_is_in_the_page(shape: str, release: str) -> None:
    run = page_run(shape, release)
    (page,) = (each for each in run.case.objects if each.has_liveness)
    told = 0
    for failure in run.case.failures:
        for source in (True, False):
            for finding in page_findings(run, failure.test_name, source=source):
                stuck = [
                    page.by_number[each] for each in finding.explains if each in page.by_number
                ]
                seen = finding.certainty is Certainty.SEEN and finding.weight.value == "cause"
                if seen and stuck and all(each.live is False for each in stuck):
                    told += 1
                    _check(run.case, page, finding)
    assert told or shape in ("slots", "timers")
