"""Old traces as a stream of events: each is the reference's, in the reference's words and order."""

from __future__ import annotations

import random
import re
import subprocess
from collections import Counter, defaultdict

import numpy as np
import pytest

from capture_cache import once_a_process
from flakecore.errors import TraceError
from flakecore.gotrace import EventFilter, EventKind, event_stream
from flakecore.gotrace.v1 import segments
from flakecore.report.events.event_lines import json_lines, text_lines
from go_tools import go_tool
from gotrace.parsed_events import ParsedEvent, by_lane, counts, is_status, parsed_stream
from gotrace.reference import ReferenceEvent
from gotrace.v1.samples import NAMES, sample, sample_path
from gotrace.v1.test_against_reference import EARLY_NS, LATE_NS
from toolchains import go_environment

FAKE = 1_000_000
"""From here on the reference's procs are none: timers, the network, syscalls, the collector."""
SAMPLED = "fmt_1_21_pprof_good"
TASKS = "user_task_region_1_21_good"
LARGE = "stress_1_21_good"


@once_a_process
def _parsed(name: str) -> list[ParsedEvent]:
    return parsed_stream(event_stream(sample(name).data, name=name))


def _said(event: ParsedEvent | ReferenceEvent) -> str:
    """Return what is said of an event; of a task that has no parent both say so at its end, too."""
    none = f"Parent={2**64 - 1} "
    return event.text.replace("Parent=0 ", none) if event.kind == "TaskEnd" else event.text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.slow
def test_there_are_as_many_events_of_each_kind_as_the_reference_has(name: str) -> None:
    theirs = counts(sample(name).reference)
    assert counts(_parsed(name)) == theirs
    of_kind = event_stream(sample(name).data, name=name).counts()
    of_kind[EventKind.STACK_SAMPLE] = 0
    assert Counter({k.label: int(of_kind[k]) for k in EventKind if of_kind[k]}) == theirs


@pytest.mark.parametrize("name", NAMES)
def test_each_event_is_one_of_the_references(name: str) -> None:
    def told(events: list[ParsedEvent] | list[ReferenceEvent]) -> Counter[tuple[object, ...]]:
        return Counter((e.goroutine, e.kind, _said(e), tuple(e.stack)) for e in events)

    assert told(_parsed(name)) == told(sample(name).reference)


@pytest.mark.parametrize("name", NAMES)
def test_each_goroutine_and_proc_changes_in_the_references_order(name: str) -> None:
    assert by_lane(_parsed(name)) == by_lane(sample(name).reference)


@pytest.mark.parametrize("name", NAMES)
def test_each_proc_does_what_the_reference_says_in_its_order(name: str) -> None:
    """The reference moves some events to procs that there are not; they are left out there."""

    def by_proc(events: list[ParsedEvent] | list[ReferenceEvent]) -> dict[int, list[object]]:
        procs: defaultdict[int, list[object]] = defaultdict(list)
        for event in events:
            if not _is_moved(event) and not is_status(event.kind, event.text):
                procs[event.proc].append((event.thread, event.goroutine, event.kind, _said(event)))
        return procs

    moved = Counter((e.goroutine, e.text) for e in sample(name).reference if e.proc >= FAKE)

    def _is_moved(event: ParsedEvent | ReferenceEvent) -> bool:
        return (event.goroutine, event.text) in moved

    assert by_proc(_parsed(name)) == by_proc(sample(name).reference)


@pytest.mark.parametrize("name", NAMES)
def test_events_come_in_order_of_time_and_at_the_references(name: str) -> None:
    ours, theirs = _parsed(name), sample(name).reference
    times = np.array([event.time for event in ours])
    assert np.all(np.diff(times) >= 0)
    early = np.array([event.time for event in theirs]) - times
    assert np.all((early >= -EARLY_NS) & (early < LATE_NS))


@pytest.mark.parametrize(
    ("name", "size"), [("http_1_19_good", 64), pytest.param(LARGE, 10_000, marks=pytest.mark.slow)]
)
def test_stretches_of_any_size_tell_the_same(
    monkeypatch: pytest.MonkeyPatch, name: str, size: int
) -> None:
    whole = _parsed(name)
    monkeypatch.setattr(segments, "_SEGMENT_EVENTS", size)
    parts = parsed_stream(event_stream(sample(name).data, name=name))
    assert Counter(parts) == Counter(whole)
    assert by_lane(parts) == by_lane(whole)


def test_cpu_samples_are_the_references() -> None:
    listed = subprocess.run(
        [go_tool("trace"), "-d=parsed", sample_path(SAMPLED)],
        env=go_environment(),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    samples = r"M=(-?\d+) P=(-?\d+) G=(-?\d+) StackSample Time=(\d+)\n(?:Stack=\n((?:\t.*\n)*))?"
    theirs = [
        (int(found[1]), int(found[2]), int(found[3]), len(found[5].splitlines()) // 2)
        for found in re.finditer(samples, listed)
    ]
    wanted = EventFilter(kinds=frozenset({EventKind.STACK_SAMPLE}))
    ours = [
        (int(thread), int(proc), int(goroutine), len(block.tables.stack(int(stack))))
        for block in event_stream(sample(SAMPLED).data, name=SAMPLED, event_filter=wanted)
        for thread, proc, goroutine, stack in zip(
            block.thread, block.proc, block.goroutine, block.stack, strict=True
        )
    ]
    assert ours == theirs != []


def test_what_is_asked_for_is_what_comes() -> None:
    data, every = sample(LARGE).data, _parsed(LARGE)
    first, last = every[len(every) // 3].time, every[len(every) // 2].time
    goroutine = Counter(event.goroutine for event in every).most_common(3)[2][0]
    about = f"GoID={goroutine} "

    def asked(event_filter: EventFilter) -> list[ParsedEvent]:
        stream = event_stream(data, name=LARGE, event_filter=event_filter)
        found = parsed_stream(stream)
        counted = event_stream(data, name=LARGE, event_filter=event_filter).counts()
        assert counted.sum() == len(found) > 0
        return found

    within = [event for event in every if first <= event.time <= last]
    assert asked(EventFilter(from_ns=first, to_ns=last)) == within
    concerned = [e for e in every if e.goroutine == goroutine or e.text.startswith(about)]
    assert asked(EventFilter(goroutine=goroutine)) == concerned
    ranges = [event for event in every if event.kind in ("RangeBegin", "RangeEnd")]
    kinds = frozenset({EventKind.RANGE_BEGIN, EventKind.RANGE_END})
    assert asked(EventFilter(kinds=kinds)) == ranges


def test_lines_are_worded_as_those_of_new_traces() -> None:
    blocks = list(event_stream(sample(TASKS).data, name=TASKS))
    text = b"".join(text_lines(block) for block in blocks).decode()
    assert re.search(r'^0\.\d{9} M=\d+ P=\d+ G=\d+ TaskBegin Name="task0" Task=1$', text, re.M)
    assert re.search(r'RegionBegin Name="pre-existing region" Task=0$', text, re.M) is None
    assert re.search(r'Log Name="key0" Task=1 Value="0123456789abcdef"$', text, re.M)
    assert re.search(r'GoID=\d+ Running->Runnable Reason="runtime.Gosched"$', text, re.M)
    json = b"".join(json_lines(block, stacks=True) for block in blocks).decode()
    assert '"event":"RegionBegin","name":"region0","task":1,"stack":[{"function":' in json
    assert '"event":"Metric","name":"/sched/gomaxprocs:threads","value":' not in json


def test_a_cut_trace_gives_all_that_stands_before_the_cut() -> None:
    data = sample(LARGE).data
    stream = event_stream(data[: len(data) // 2], name="cut.trace")
    assert sum(len(block) for block in stream) > len(_parsed(LARGE)) // 3
    assert any("cut off" in loss.what for loss in stream.losses)


@pytest.mark.parametrize("size", [16, 20])
def test_what_holds_no_events_is_refused_in_words(size: int) -> None:
    with pytest.raises(TraceError, match=r"^some\.trace: .+; .+"):
        list(event_stream(sample(LARGE).data[:size], name="some.trace"))


def test_no_damage_raises_anything_but_a_trace_error() -> None:
    choose = random.Random(20)
    for name in ("http_1_21_good", "stress_start_stop_1_11_good", TASKS, SAMPLED):
        for _ in range(15):
            data = bytearray(sample(name).data)
            for _ in range(choose.randrange(1, 40)):
                data[choose.randrange(16, len(data))] = choose.randrange(256)
            stream = event_stream(bytes(data), name="bad.trace")
            lines = [text_lines(block, stacks=True) + json_lines(block) for block in stream]
            assert lines
