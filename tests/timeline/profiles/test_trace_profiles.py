"""Profiles of a window of the trace hold its samples and waits, and no time outside the window."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
import pytest

from flakecore.bundle import open_bundle
from flakecore.pprof import Profile
from flakecore.timeline import Case, Lane, LaneKind, load_case
from flakecore.timeline.case_index import list_cases
from flakecore.timeline.profiles.trace_profiles import (
    CPU_KIND,
    SAMPLE_NS,
    TRACE_KINDS,
    WAIT_KIND,
    WALL_KIND,
    TraceProfiles,
)
from program import SAMPLE


@cache
def _case() -> Case:
    with open_bundle(SAMPLE) as bundle:
        return load_case(bundle, list_cases(bundle)[0])


def _profiles() -> TraceProfiles:
    case = _case()
    assert case.trace is not None and case.schedule is not None
    return TraceProfiles(case.trace, case.schedule.tree, case.tests)


def _total(profile: Profile) -> int:
    return int(profile.values[:, 1].sum())


@pytest.mark.parametrize("kind", TRACE_KINDS)
def test_windows_that_touch_add_up_to_the_whole(kind: str) -> None:
    end = _case().end_ns + 1
    whole = _total(_profiles().profile(kind, 0, end))
    cuts = np.linspace(0, end, 8).astype(int).tolist()
    parts = [_profiles().profile(kind, *span) for span in itertools.pairwise(cuts)]
    assert sum(map(_total, parts)) == whole > 0


def test_samples_are_the_traces_each_for_ten_milliseconds() -> None:
    trace = _case().trace
    assert trace is not None
    found = _profiles().profile(CPU_KIND, 0, _case().end_ns + 1)
    samples = trace.annotations.samples
    assert found.values.sum(axis=0).tolist() == [
        len(samples.time),
        len(samples.time) * SAMPLE_NS,
    ]
    names = {frame.function for stack in found.stacks for frame in stack}
    assert "example.com/flaky/courier.Render" in names


def test_waits_of_a_goroutine_are_as_long_as_its_lane_shows() -> None:
    case = _case()
    assert case.schedule is not None and case.trace is not None
    number = next(iter(case.schedule.goroutines_of(case.failures[0].test)))
    lane = case.trace.goroutines.of(number)
    waiting = [
        interval
        for start in lane.start.tolist()
        if (interval := case.schedule.at(Lane(LaneKind.GOROUTINE, number), start)) is not None
        and interval.state.waiting
    ]
    found = _profiles().profile(WAIT_KIND, 0, case.end_ns + 1, np.array([number]))
    assert _total(found) == sum(each.end_ns - each.start_ns for each in waiting) > 0
    states = {label.text for labels in found.label_sets for label in labels if label.key == "waits"}
    assert states == {each.state.label for each in waiting}


def test_what_ran_for_a_test_carries_its_label() -> None:
    found = _profiles().profile(CPU_KIND, 0, _case().end_ns + 1)
    tests = {
        next((label.text for label in found.label_sets[labels] if label.key == "test"), "")
        for labels, stack in zip(found.labels_of_sample, found.stack_of_sample, strict=True)
        if any(f.function.endswith("courier.Render") for f in found.stacks[stack])
    }
    assert tests == {"TestRenderStaysWithinBudget"}


def test_both_in_one_are_what_ran_and_what_waited() -> None:
    end = _case().end_ns + 1
    parts = [_total(_profiles().profile(kind, 0, end)) for kind in (CPU_KIND, WAIT_KIND)]
    assert _total(_profiles().profile(WALL_KIND, 0, end)) == sum(parts)


def test_nothing_happens_before_the_trace() -> None:
    found = _profiles().profile(WALL_KIND, -100, 0)
    assert (len(found.values), len(found.stacks)) == (0, 0)
