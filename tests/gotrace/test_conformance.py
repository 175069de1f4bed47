"""The toolchain's conformance cases: tiny traces, each named after the one subtlety it proves."""

from __future__ import annotations

from pathlib import Path

import pytest

from flakecore.errors import TraceError
from flakecore.gotrace import read_trace
from flakecore.gotrace.events.stream import EventStream
from gotrace.lane_states import lane_states, reference_states
from gotrace.parsed_events import by_lane, by_thread, counts, parsed_events
from gotrace.reference import read_reference
from gotrace.text_form import FAILING, SUCCEEDING, ConformanceCase, conformance_cases


def test_the_cases_of_each_outcome_are_those_that_the_toolchain_brings() -> None:
    cases = conformance_cases()
    assert {case.name for case in cases if case.succeeds} == set(SUCCEEDING)
    assert {case.name for case in cases if not case.succeeds} == set(FAILING)


@pytest.mark.parametrize("case", SUCCEEDING, indirect=True)
def test_its_events_are_those_of_the_reference(case: ConformanceCase, tmp_path: Path) -> None:
    path = tmp_path / "case.trace"
    path.write_bytes(case.trace)
    theirs, ours = read_reference(path), parsed_events(case.trace)
    assert counts(ours) == counts(theirs)
    assert by_thread(ours) == by_thread(theirs)
    assert by_lane(ours) == by_lane(theirs)


@pytest.mark.parametrize("case", SUCCEEDING, indirect=True)
def test_its_states_are_those_of_the_reference(case: ConformanceCase, tmp_path: Path) -> None:
    path = tmp_path / "case.trace"
    path.write_bytes(case.trace)
    theirs, trace = read_reference(path), read_trace(case.trace, name=case.name)
    assert trace.losses == ()
    assert lane_states(trace.goroutines) == reference_states(theirs, of_proc=False)
    assert lane_states(trace.procs) == reference_states(theirs, of_proc=True)


@pytest.mark.parametrize("case", SUCCEEDING, indirect=True)
def test_nothing_of_it_is_damage(case: ConformanceCase) -> None:
    stream = EventStream(case.trace, name=case.name)
    assert sum(len(block) for block in stream) > 0
    assert stream.losses == []


@pytest.mark.parametrize("case", FAILING, indirect=True)
def test_damage_is_told_and_the_rest_is_read(case: ConformanceCase) -> None:
    stream, events = EventStream(case.trace, name=case.name), 0
    try:
        for block in stream:
            events += len(block)
    except TraceError:
        assert events == 1
    assert events > 0
    assert any("no goroutine or proc" in loss.what for loss in stream.losses)


@pytest.mark.parametrize("case", FAILING, indirect=True)
def test_a_damaged_case_is_read_whole_or_refused_in_words(case: ConformanceCase) -> None:
    try:
        trace = read_trace(case.trace, name=case.name)
    except TraceError as error:
        assert "holds no events" in str(error)
    else:
        assert trace.events > 1
