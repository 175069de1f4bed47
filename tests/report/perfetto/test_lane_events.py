"""Lanes are slices, waits have their reasons and stacks, wakes and creations are flows."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from flakecore.timeline import Case
from gotrace.recordings import SMALL, trace_file
from report.perfetto.traces import KINDS, Read, case_and_trace, number_of, sample
from toolchains import NEWEST


def rows_of(case: Case, found: Read, kind: str) -> None:
    """Compare the slices of a kind of lane with the table of intervals."""
    table = case.tables.intervals()
    chosen = np.flatnonzero(table["kind"] == kind)
    end = [
        None if last else int(time)
        for last, time in zip(
            table["to_the_end"][chosen].tolist(), table["end_ns"][chosen].tolist(), strict=True
        )
    ]
    number = [f"{kind}{lane}" for lane in table["lane"][chosen].tolist()]
    starts = table["start_ns"][chosen].tolist()
    functions = table["function"][chosen].tolist()
    expected = Counter(zip(number, starts, end, functions, strict=True))
    shift = max(0, -case.start_ns)
    assert expected == Counter(
        (
            found.tracks[each.track][0].partition(" ")[0],
            each.start - shift,
            None if each.end is None else each.end - shift,
            each.function,
        )
        for each in found.of_category(KINDS[kind])
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_interval_of_the_sample_is_a_slice_of_its_lane(kind: str) -> None:
    rows_of(*sample(), kind)


@pytest.mark.needs_go
def test_every_interval_of_a_small_trace_is_a_slice() -> None:
    case, found, _ = case_and_trace(str(trace_file(NEWEST, SMALL)))
    for kind in KINDS:
        rows_of(case, found, kind)
    flows_of(case, found)


@pytest.mark.slow
@pytest.mark.needs_go
@pytest.mark.parametrize("release", ["1.21.13", "1.22.10", NEWEST])
def test_every_interval_of_a_trace_is_a_slice_whatever_the_release(release: str) -> None:
    case, found, _ = case_and_trace(str(trace_file(release)))
    for kind in KINDS:
        rows_of(case, found, kind)
    flows_of(case, found)


def test_states_reasons_and_stacks_of_waits_are_those_of_the_table() -> None:
    case, found = sample()
    waits = case.tables.waits()
    expected = Counter(
        zip(
            waits["goroutine"].tolist(),
            waits["start_ns"].tolist(),
            waits["state"].tolist(),
            waits["reason"].tolist(),
            waits["stack"].tolist(),
            strict=True,
        )
    )
    states = set(waits["state"].tolist())
    told = Counter(
        (
            number_of(found, each.track),
            each.start,
            each.name,
            each.notes.get("reason", ""),
            each.notes.get("stack", ""),
        )
        for each in found.of_category("goroutine")
        if each.name in states
    )
    assert told == expected


def flows_of(case: Case, found: Read) -> None:
    """Compare flows with who woke whom, and who created whom, in the tables."""
    shift = max(0, -case.start_ns)
    begins = {
        flow: (time - shift, name, number_of(found, track))
        for time, name, category, track, flows in found.instants
        if category == "wake"
        for flow in flows
    }
    arrives = {flow: each for each in found.of_category("goroutine") for flow in each.flows}
    assert begins.keys() == arrives.keys()
    woken = Counter(
        (
            begins[flow][2],
            number_of(found, each.track),
            each.start - shift,
        )
        for flow, each in arrives.items()
        if begins[flow][1] == "wakes"
    )
    assert all(begins[flow][0] == each.start - shift for flow, each in arrives.items())
    waits = case.tables.waits()
    rows = np.flatnonzero(waits["waker"] > 0)
    assert woken == Counter(
        zip(
            waits["waker"][rows].tolist(),
            waits["goroutine"][rows].tolist(),
            waits["end_ns"][rows].tolist(),
            strict=True,
        )
    )
    goroutines = case.tables.goroutines()
    created = Counter(begins[flow][2] for flow in begins if begins[flow][1] == "creates")
    assert created == Counter(goroutines["creator"][goroutines["creator"] > 0].tolist())


def test_a_flow_leads_from_each_wake_and_creation_to_what_it_made_go_on() -> None:
    flows_of(*sample())
