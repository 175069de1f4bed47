"""The order we give events could have happened, and is the reference's wherever one is certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from flakecore.gotrace.events.context import Context, bind, read_statuses
from flakecore.gotrace.events.decode_events import decode_events
from flakecore.gotrace.events.event_columns import EventColumns
from flakecore.gotrace.events.order import Chains, order_along, true_order
from flakecore.gotrace.format.batch_index import index_trace
from gotrace.recordings import FORMATS, record, trace_file
from gotrace.reference import ReferenceEvent
from gotrace.rendering import Rendered, render
from gotrace.scheduler import legal
from gotrace.text_form import FAILING, SUCCEEDING, ConformanceCase
from thoroughness import examples
from toolchains import NEWEST

OLDEST_AND_NEWEST = (FORMATS[0], FORMATS[-1])


def _generations(data: bytes) -> Iterator[tuple[EventColumns, Context]]:
    view = memoryview(data)
    for generation in index_trace(view, name="trace").generations:
        events, _ = decode_events(view, generation, name="trace")
        yield events, bind(events, read_statuses(events))


def _legal_with(ticks: Callable[[EventColumns], NDArray[np.int64]], release: str) -> bool:
    """Whether our order is legal once a trace's clocks have been made worse."""
    return legal(
        (events, true_order(replace(events, tick=ticks(events)), context))
        for events, context in _generations(trace_file(release).read_bytes())
    )


@pytest.mark.parametrize("release", FORMATS)
def test_a_scheduler_could_have_run_in_our_order(release: str) -> None:
    assert _legal_with(lambda events: events.tick, release)


def test_the_order_in_the_file_is_none_a_scheduler_could_have_run_in() -> None:
    generations = _generations(trace_file(NEWEST).read_bytes())
    assert not legal((events, np.arange(len(events))) for events, _ in generations)


@pytest.mark.parametrize("release", OLDEST_AND_NEWEST)
def test_a_clock_of_a_quarter_millisecond_leaves_the_order_legal(release: str) -> None:
    assert _legal_with(lambda events: events.tick >> 12, release)


@pytest.mark.parametrize("release", OLDEST_AND_NEWEST)
def test_without_any_clock_the_order_is_legal(release: str) -> None:
    assert _legal_with(lambda events: np.zeros_like(events.tick), release)


@pytest.mark.parametrize("release", OLDEST_AND_NEWEST)
def test_clocks_of_threads_that_disagree_by_a_millisecond_leave_it_legal(release: str) -> None:
    ahead = np.random.default_rng(1).integers(0, 16_000, 997)

    def skewed(events: EventColumns) -> NDArray[np.int64]:
        return events.tick + ahead[events.thread(np.arange(len(events))) % 997]

    assert _legal_with(skewed, release)


@pytest.mark.parametrize("release", OLDEST_AND_NEWEST)
def test_each_thread_goroutine_and_proc_has_the_order_of_the_reference(release: str) -> None:
    recording = record(release)
    ours = list(render(recording.data, ordered=True))
    theirs = [event for event in recording.reference if not event.status]
    assert _by_thread(ours) == _by_thread(theirs)
    for of_what in ("GoID", "ProcID"):
        assert _changes(ours, of_what) == _changes(theirs, of_what)


def _by_thread(events: Iterable[Rendered | ReferenceEvent]) -> dict[int, list[Any]]:
    lanes: defaultdict[int, list[Any]] = defaultdict(list)
    for event in events:
        lanes[event.thread].append((event.proc, event.goroutine, event.kind))
    return lanes


def _changes(
    events: Iterable[Rendered | ReferenceEvent], of_what: str
) -> dict[str, list[tuple[int, str]]]:
    """Return the changes of each goroutine or proc, and on which thread they came."""
    lanes: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for event in events:
        if event.text.startswith(of_what):
            number, change, *_ = event.text.split()
            lanes[number].append((event.thread, change))
    return lanes


def test_time_goes_on_wherever_nothing_else_decides() -> None:
    for events, context in _generations(trace_file(NEWEST).read_bytes()):
        tick = events.tick[true_order(events, context)]
        assert np.count_nonzero(np.diff(tick) < 0) < len(events) / 1000


def test_a_generation_without_events_has_an_empty_order() -> None:
    view = memoryview(trace_file(NEWEST).read_bytes())
    generation = index_trace(view, name="trace").generations[0]
    events, _ = decode_events(view, replace(generation, events=()), name="trace")
    assert len(true_order(events, bind(events, read_statuses(events)))) == 0


@pytest.mark.parametrize("case", (*SUCCEEDING, *FAILING), indirect=True)
def test_the_order_of_a_conformance_case_is_legal_if_any_is(case: ConformanceCase) -> None:
    generations = _generations(case.trace)
    assert case.succeeds is legal((e, true_order(e, context)) for e, context in generations)


def test_threads_that_wait_for_each_other_thousands_of_times_at_one_tick_do_so_in_turn() -> None:
    """As in a trace of 190,000 events without a clock, in which a few threads steal one proc."""
    turns, apart = 4_000, 50
    stream = np.repeat(np.arange(2, dtype=np.int32), (turns, turns * apart))
    first = np.arange(turns, dtype=np.int32)
    enters = turns + apart * first
    turn = np.stack((enters, first, enters + 1), axis=1).ravel()
    chains = Chains(turn, np.repeat(first, 3))
    at = np.argsort(order_along(np.zeros(len(stream), np.int64), stream, chains))
    assert np.all(np.diff(at[turn]) > 0)
    assert np.all(np.diff(at[:turns]) > 0)
    assert np.all(np.diff(at[turns:]) > 0)


def test_events_in_a_cycle_come_last_of_their_tick_in_the_order_of_their_threads() -> None:
    """Threads 0 and 1 wait for each other, from their second events on; thread 2 for nobody."""
    stream = np.array([0, 0, 0, 1, 1, 1, 2], np.int32)
    chains = Chains(np.array([2, 4, 5, 1], np.int32), np.array([0, 0, 1, 1], np.int32))
    order = order_along(np.zeros(len(stream), np.int64), stream, chains)
    assert order.tolist() == [0, 3, 6, 1, 2, 4, 5]


@settings(max_examples=examples(40))
@given(seed=st.integers(0, 2**32), share=st.floats(0.001, 1), wide=st.booleans())
def test_events_that_contradict_each_other_still_have_an_order(
    seed: int, share: float, wide: bool
) -> None:
    """Types, ticks and contexts at random: a permutation in which no thread runs backwards."""
    events, context = next(_generations(trace_file(NEWEST).read_bytes()[:60_000]))
    chance = np.random.default_rng(seed)
    rows = np.flatnonzero(chance.random(len(events)) < share)
    tick, goroutine, proc = events.tick.copy(), context.goroutine.copy(), context.proc.copy()
    most = 2**62 if wide else 1_000
    tick[rows] += chance.integers(-most, most, len(rows))
    goroutine[rows] = chance.permutation(goroutine[rows])
    proc[rows] = chance.permutation(proc[rows])
    broken = replace(context, goroutine=goroutine, proc=proc)
    order = true_order(replace(events, tick=tick), broken)
    assert np.array_equal(np.sort(order), np.arange(len(events)))
    thread = events.thread(order)
    for each in events.threads.tolist():
        assert np.all(np.diff(order[thread == each]) > 0)
