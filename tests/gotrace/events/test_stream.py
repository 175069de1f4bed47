"""A trace as a stream of events: each is the reference's, and what is asked for is what comes."""

from __future__ import annotations

import itertools
import random
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from capture_cache import once_a_process
from flakecore.errors import TraceError
from flakecore.gotrace import EventBlock, EventFilter, EventKind, EventStream, ResourceKind
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.format.batch_index import GenerationIndex
from flakecore.loss import Loss
from flakecore.report.events.event_lines import json_lines, text_lines
from gotrace.parsed_events import ParsedEvent, by_lane, by_thread, counts, parsed_events
from gotrace.recordings import FORMATS, record, trace_file
from gotrace.reference import read_reference
from gotrace.text_form import conformance_cases, to_bytes
from thoroughness import examples
from toolchains import NEWEST


def _stream(event_filter: EventFilter | None = None, release: str = NEWEST) -> EventStream:
    data = trace_file(release).read_bytes()
    return EventStream(data, name="trace", event_filter=event_filter)


@once_a_process
def _ours(release: str) -> list[ParsedEvent]:
    return parsed_events(record(release).data)


@pytest.mark.parametrize("release", FORMATS)
def test_there_are_as_many_events_of_each_kind_as_the_reference_has(release: str) -> None:
    recording = record(release)
    theirs = counts(recording.reference)
    assert counts(_ours(release)) == theirs
    of_kind = _stream(release=release).counts()
    theirs["StackSample"] = sum(event.kind == "StackSample" for event in recording.every)
    assert Counter({k.label: int(of_kind[k]) for k in EventKind if of_kind[k]}) == theirs


@pytest.mark.parametrize("release", FORMATS)
def test_the_events_of_each_thread_goroutine_and_proc_are_the_references(release: str) -> None:
    recording = record(release)
    ours = _ours(release)
    assert by_thread(ours) == by_thread(recording.reference)
    assert by_lane(ours) == by_lane(recording.reference)


def _batch(thread: int, *lines: str) -> bytes:
    body = to_bytes(list(lines))
    return to_bytes([f"EventBatch gen=1 m={thread} time=0 size={len(body)}"]) + body


@pytest.mark.parametrize("stolen_at", [5, 20])
def test_the_status_of_a_proc_is_told_on_no_proc_if_the_threads_own_has_been_stolen(
    stolen_at: int, tmp_path: Path
) -> None:
    """On a busy machine a theft may be written down later than what the victim did next."""
    data = to_bytes(["Trace Go1.22"])
    data += _batch(
        0,
        "ProcStatus dt=1 p=0 pstatus=1",
        "GoStatus dt=1 g=1 m=0 gstatus=2",
        "GoSyscallBegin dt=1 p_seq=1 stack=0",
        "ProcStatus dt=10 p=1 pstatus=2",
        "ProcStart dt=1 p=1 p_seq=1",
        "GoSyscallEndBlocked dt=1",
    )
    data += _batch(
        1,
        "ProcStatus dt=1 p=2 pstatus=1",
        "GoStatus dt=1 g=2 m=1 gstatus=2",
        f"ProcSteal dt={stolen_at} p=0 p_seq=2 m=0",
    )
    for table in ("Frequency freq=15625000", "Stacks", "Strings"):
        data += _batch(2**64 - 1, table)
    path = tmp_path / "stolen.trace"
    path.write_bytes(data)
    theirs, ours = read_reference(path), parsed_events(data)
    assert by_thread(ours) == by_thread(theirs)
    assert by_lane(ours) == by_lane(theirs)
    on_procs = [event.proc for event in ours if "ProcID=1 Undetermined->Idle" in event.text]
    assert on_procs == [-1 if stolen_at == 5 else 0]


def test_the_stacks_are_the_references() -> None:
    recording = record(NEWEST)
    ours = Counter(event.stack for event in _ours(NEWEST) if event.stack)
    # Of a switch the reference's third event repeats the first, with something else for a stack.
    theirs = Counter(tuple(event.stack) for event in recording.reference if event.stack)
    assert ours == theirs


def _times(blocks: EventStream) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.concatenate([np.zeros(0, np.int64), *(block.time for block in blocks)])


def test_a_stretch_of_time_holds_just_the_events_within_it() -> None:
    every = _times(_stream())
    first, last = int(np.quantile(every, 0.3)), int(np.quantile(every, 0.6))
    within = every[(every >= first) & (every <= last)]
    assert np.array_equal(_times(_stream(EventFilter(from_ns=first, to_ns=last))), within)
    assert np.array_equal(_times(_stream(EventFilter(from_ns=first))), every[every >= first])
    assert np.array_equal(_times(_stream(EventFilter(to_ns=last))), every[every <= last])


def test_a_goroutine_has_what_happens_on_it_and_what_changes_it() -> None:
    def concerned(block: EventBlock) -> int:
        changes = (block.resource_kind == ResourceKind.GOROUTINE) & (block.resource == 1)
        return int(np.count_nonzero(changes | (block.goroutine == 1)))

    expected = sum(concerned(block) for block in _stream())
    blocks = list(_stream(EventFilter(goroutine=1)))
    assert sum(map(len, blocks)) == sum(map(concerned, blocks)) == expected > 0
    assert _stream(EventFilter(goroutine=1)).counts().sum() == expected


def test_kinds_that_are_asked_for_are_the_only_ones() -> None:
    wanted = frozenset({EventKind.LOG, EventKind.RANGE_BEGIN})
    blocks = list(_stream(EventFilter(kinds=wanted)))
    assert {int(kind) for block in blocks for kind in block.kind} == set(wanted)
    counted = _stream(EventFilter(kinds=wanted)).counts()
    assert sum(map(len, blocks)) == counted.sum() == counted[list(wanted)].sum()


def test_only_the_generations_that_are_needed_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []

    def noted(
        data: memoryview, index: GenerationIndex, *, name: str
    ) -> tuple[EventColumns, tuple[Loss, ...]]:
        decoded.append(index.number)
        return decode_events(data, index, name=name)

    monkeypatch.setattr("flakecore.gotrace.events.stream.decode_events", noted)
    generations = len(record(NEWEST).trace.generations)
    next(iter(_stream()))
    assert len(decoded) == 1
    decoded.clear()
    list(_stream(EventFilter(to_ns=1)))
    assert len(decoded) == 1
    decoded.clear()
    list(_stream())
    assert len(decoded) == generations >= 2


def _peak(event_filter: EventFilter) -> int:
    tracemalloc.start()
    for _ in _stream(event_filter):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def test_memory_is_that_of_the_largest_generation() -> None:
    begins = record(NEWEST).trace.generations
    apart = [
        _peak(EventFilter(from_ns=begin, to_ns=end - 1_000_000))
        for begin, end in itertools.pairwise((*begins, 2**62))
    ]
    assert _peak(EventFilter()) < 1.3 * max(apart)


def test_no_block_is_large() -> None:
    assert max(len(block) for block in _stream()) < 100_000


def test_a_cut_trace_gives_all_that_stands_before_the_cut() -> None:
    data = trace_file(NEWEST).read_bytes()
    stream = EventStream(data[: len(data) // 2], name="cut.trace")
    assert sum(len(block) for block in stream) > 0
    assert any("cut off" in loss.what for loss in stream.losses)
    assert all(loss.where.startswith("cut.trace") for loss in stream.losses)


def test_names_whose_table_is_cut_off_are_told_to_be_lost() -> None:
    data = trace_file(NEWEST).read_bytes()[:40_000]
    stops = EventFilter(kinds=frozenset({EventKind.STATE_TRANSITION}))
    blocks = list(EventStream(data, name="cut.trace", event_filter=stops))
    reasons = {
        block.tables.string(int(number)) for block in blocks for number in np.unique(block.reason)
    }
    assert reasons == {"", "(lost)"}


@pytest.mark.parametrize("size", [0, 10, 16, 60])
def test_what_holds_no_events_is_refused_in_words(size: int) -> None:
    data = trace_file(NEWEST).read_bytes()[:size]
    with pytest.raises(TraceError, match=r"^some\.trace: .+; .+"):
        list(EventStream(data, name="some.trace"))


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32), flips=st.integers(1, 40), splice=st.booleans())
def test_no_damage_raises_anything_but_a_trace_error(seed: int, flips: int, splice: bool) -> None:
    choose = random.Random(seed)
    small = [case.trace for case in conformance_cases()]
    data = bytearray(choose.choice([trace_file(NEWEST).read_bytes()[:40_000], *small]))
    for _ in range(flips):
        data[choose.randrange(len(data))] = choose.randrange(256)
    if splice:
        start = choose.randrange(len(data))
        del data[start : choose.randrange(start, len(data))]
    try:
        stream = EventStream(bytes(data), name="bad.trace")
        for block in stream:
            assert text_lines(block, stacks=True).count(b"\n") >= len(block)
            assert json_lines(block, stacks=True).count(b"\n") == len(block)
    except TraceError as error:
        assert "bad.trace" in str(error)
