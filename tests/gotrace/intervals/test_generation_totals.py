"""Totals are the same whether added up on the way or from the intervals, and however cut."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from flakecore.gotrace import (
    CountedIntervals,
    GoroutineTotals,
    State,
    Trace,
    TraceFile,
    counted_intervals,
)
from flakecore.gotrace.intervals import generation_totals
from flakecore.gotrace.native.generation_totals import LaneTotals
from gotrace.constructed import starts, trace_of
from gotrace.recordings import FORMATS, record
from toolchains import NEWEST


def _read(data: bytes, *, totals: bool) -> Trace:
    return TraceFile(memoryview(data), name="trace").read(totals=totals)


def _same_goroutines(ours: GoroutineTotals, theirs: GoroutineTotals) -> None:
    assert np.array_equal(ours.lanes, theirs.lanes)
    assert np.array_equal(ours.lane, theirs.lane)
    for name in LaneTotals._fields:
        one, other = getattr(ours.between, name), getattr(theirs.between, name)
        assert np.array_equal(one, other), name
    for field in fields(CountedIntervals):
        one, other = getattr(ours.edges, field.name), getattr(theirs.edges, field.name)
        assert np.array_equal(one, other), field.name


@pytest.mark.parametrize("release", FORMATS)
@pytest.mark.needs_go
def test_totals_of_reading_are_those_of_the_intervals(release: str) -> None:
    data = record(release).data
    at_once, afterwards = _read(data, totals=True), _read(data, totals=False)
    assert len(at_once.totals) == len(afterwards.totals) == len(at_once.generations)
    for generation in range(len(at_once.totals)):
        ours, theirs = at_once.totals.of(generation), afterwards.totals.of(generation)
        _same_goroutines(ours.goroutines, theirs.goroutines)
        assert ours.procs.steals == theirs.procs.steals
        for name in ("lanes", "first", "last"):
            assert np.array_equal(getattr(ours.procs, name), getattr(theirs.procs, name))


@pytest.mark.parametrize("edge", [0, 1, 16])
@pytest.mark.needs_go
def test_every_interval_is_at_an_edge_or_in_between(
    edge: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_totals, "_EDGE", edge)
    trace = _read(record(NEWEST).data, totals=True)
    for generation in range(len(trace.totals)):
        totals = trace.totals.of(generation).goroutines
        columns = trace.goroutines.generation(generation)
        every = counted_intervals(columns, trace.table)
        edges, between = totals.edges, totals.between
        for state in State:
            lengths = (every.until.astype(np.int64) - every.since)[every.state == state]
            at_edges = (edges.until.astype(np.int64) - edges.since)[edges.state == state]
            inner = between.time[between.time_state == state]
            assert lengths.sum() == at_edges.sum() + inner.sum()
        preemptions = edges.preempted.sum() + between.preemptions.sum()
        assert every.preempted.sum() == preemptions
        for wanted, inner in (
            (State.RUNNABLE, between.runnable),
            (State.SYSCALL, between.syscalls),
        ):
            lengths = (every.until.astype(np.int64) - every.since)[every.state == wanted]
            at_edges = (edges.until.astype(np.int64) - edges.since)[edges.state == wanted]
            assert sorted(lengths.tolist()) == sorted([*at_edges.tolist(), *inner.tolist()])
        assert max(np.bincount(edges.lane), default=0) <= 2 * edge


def test_what_lies_between_the_edges_is_summed_by_goroutine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generation_totals, "_EDGE", 1)
    events = [*starts(1, 7, 0)]
    for nth in range(4):
        events += ["GoStop dt=10 reason_string=1 stack=0", f"GoStart dt=5 g=7 g_seq={nth + 1}"]
    trace = _read(trace_of({1: events}, strings=["preempted"]), totals=True)
    totals = trace.totals.of(0).goroutines
    # Its first interval began before the trace and its last one goes on after it: neither counts.
    # Of the seven between, the first and the last stand for themselves.
    assert totals.lanes[totals.edges.lane].tolist() == [7, 7]
    assert totals.edges.preempted.tolist() == [True, True]
    assert totals.lanes[totals.lane].tolist() == [7]
    assert totals.between.preemptions.tolist() == [2]
    assert totals.between.runnable.tolist() == [5, 5]
    assert totals.between.time.tolist() == [30, 10]
    assert totals.between.proc.tolist() == [0]


def test_goroutines_without_number_are_held_by_their_sums_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(generation_totals, "_EDGES", 1)
    events = [*starts(1, 7, 0)]
    for nth in range(4):
        events += ["GoStop dt=10 reason_string=1 stack=0", f"GoStart dt=5 g=7 g_seq={nth + 1}"]
    trace = _read(trace_of({1: events}, strings=["preempted"]), totals=True)
    totals = trace.totals.of(0).goroutines
    assert len(totals.edges.lane) == 0
    assert totals.between.preemptions.tolist() == [4]
