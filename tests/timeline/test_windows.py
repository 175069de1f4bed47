"""The windows of a flight recorder are read as one trace that tells nothing of the time between."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from flakecore.bundle import Kind, open_bundle
from flakecore.diagnosis import explain
from flakecore.diagnosis.goroutine_states import states_of_trace
from flakecore.gotrace import State, event_stream, joined_windows, read_trace
from flakecore.report.events.event_writer import EventRequest, EventWriter
from flakecore.timeline.windows import open_windows, windows_of
from flights import WITH_RECORDER, flight, flight_case


@pytest.mark.parametrize("release", WITH_RECORDER)
def test_nothing_is_joined_over_what_is_not_recorded(release: str) -> None:
    case, trace = flight_case("long", release=release)
    (_, left), (came, _) = trace.recorded
    for intervals in (trace.goroutines, trace.procs, trace.threads):
        for lane in intervals.lanes.tolist():
            found = intervals.of(lane)
            assert not ((found.start <= left) & (found.end >= came)).any()
            assert np.all(found.start[1:] >= found.end[:-1])
    assert not ((trace.ranges.start <= left) & (trace.ranges.end >= came)).any()
    # The main goroutine waits for a test in either: two waits, and nothing is said of an end.
    assert case.schedule is not None
    cut = [wait for wait in case.schedule.waits(0, left, 100) if wait.cut]
    assert cut
    assert all(wait.wake is None and wait.end_ns <= left for wait in cut)


def test_what_is_not_recorded_is_said_once() -> None:
    case, _ = flight_case("long")
    (loss,) = [each for each in case.losses if "objects" not in each.where]
    assert re.fullmatch(
        r"packages/example.com/flight/long: the trace is of \d+\.\d+s to \d+\.\d+s and \d+\.\d+s to"
        r" \d+\.\d+s: a flight recorder left it, asked for 500ms before each failure; nothing else"
        r" of the run is recorded but its output and profiles",
        str(loss),
    )


def test_events_of_all_windows_are_told_on_one_clock() -> None:
    case, trace = flight_case("long")
    with open_bundle(flight("long")) as opened:
        writer = EventWriter(opened, EventRequest())
        times = [float(line.split()[0]) for line in b"".join(writer).splitlines()]
        parts = [opened.read(each) for each in windows_of(opened.of_kind(Kind.TRACE))]
        counts = [event_stream(part, name="x").counts() for part in parts]
    assert len(times) == sum(int(each.sum()) for each in counts)
    # Not by time to the microsecond: generations overlap a little at their edges.
    of_second = [round(at * 1e9) >= trace.recorded[1][0] for at in times]
    assert of_second == sorted(of_second)
    assert all(trace.covers(round(at * 1e9)) for at in times)
    assert case.tables.events()["time_ns"].tolist() == [round(at * 1e9) for at in times]


def test_a_failure_that_no_window_covers_is_explained_without_the_trace() -> None:
    case, trace = flight_case("long")
    (_, left), (came, _) = trace.recorded
    covered = case.failures[0]
    uncovered = replace(covered, at_ns=(left + came) // 2)
    assert explain(case, uncovered) == explain(case.without_trace(), uncovered)
    assert states_of_trace(case, covered.test, covered.at_ns).by_number
    assert not states_of_trace(case.without_trace(), covered.test, covered.at_ns).by_number


def test_windows_that_overlap_or_are_cut_give_each_generation_once(tmp_path: Path) -> None:
    _, trace = flight_case("long")
    with open_bundle(flight("long")) as opened:
        first, second = (opened.read(each) for each in windows_of(opened.of_kind(Kind.TRACE)))
        both = b"".join(joined_windows([first, second]))
        assert b"".join(joined_windows([first, memoryview(both)])) == both
        cut = b"".join(joined_windows([first[: len(first) // 8], second]))
    assert both == bytes(first) + bytes(second[16:])
    assert read_trace(both, name="x").events == trace.events
    assert read_trace(cut, name="x").events < trace.events
    assert len(read_trace(cut, name="x").recorded) == 2
    # The same in a bundle that somebody made of them by hand.
    with zipfile.ZipFile(tmp_path / "hand.zip", "w") as target:
        for nth, data in enumerate((first, second)):
            target.writestr(f"flight-{nth:019d}.out", bytes(data))
    with open_bundle(tmp_path / "hand.zip") as opened:
        windows = windows_of(opened.of_kind(Kind.TRACE))
        file, data = open_windows(opened, windows, None)
    assert bytes(data) == both
    assert file.read().events == trace.events


def test_windows_that_follow_on_one_another_are_one_stretch() -> None:
    case, trace = flight_case("ends", "-run=TestFailsTwice")
    with open_bundle(flight("ends", "-run=TestFailsTwice")) as opened:
        assert len(windows_of(opened.of_kind(Kind.TRACE))) == 2
    assert len(trace.recorded) == 1
    (one, two) = case.failures
    assert (one.test_name, two.test_name) == ("TestFailsTwice/one", "TestFailsTwice/two")
    # What waits over the edge between them waits once.
    assert case.schedule is not None
    edge = trace.generations[1]
    over = [
        wait
        for wait in case.schedule.waits(0, trace.end_ns, 100)
        if wait.start_ns < edge < wait.end_ns and not wait.cut
    ]
    assert [wait.state for wait in over].count(State.SELECT) == 1
    assert trace.covers(one.at_ns)
    assert trace.covers(two.at_ns)
