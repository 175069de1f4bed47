"""The index of whole, cut and damaged traces: which batches it finds, what it states as lost."""

from __future__ import annotations

import random

import pytest

from flakecore.gotrace import read_trace
from flakecore.gotrace.format.batch_index import TraceIndex, index_trace
from flakecore.gotrace.format.wire import HEADER_SIZE, Ev
from gotrace.constructed import TICK, batch, event, trace
from gotrace.cuts import events_kept, wrongly_kept
from gotrace.recordings import FORMATS, record, small_trace

GO_START = event(Ev.GO_START, 1, 7, 1)
GO_STOP = event(Ev.GO_STOP, 1, 0, 0)


def _index(data: bytes) -> TraceIndex:
    return index_trace(memoryview(data), name="bad.trace")


def _losses(data: bytes) -> list[str]:
    return [str(loss) for loss in _index(data).losses]


@pytest.mark.parametrize("release", FORMATS)
def test_a_whole_trace_has_ended_generations_and_no_losses(release: str) -> None:
    whole = record(release)
    index = index_trace(memoryview(whole.data), name="whole")
    numbers = [generation.number for generation in index.generations]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert all(generation.ended for generation in index.generations)
    assert all(generation.strings and generation.stacks for generation in index.generations)
    assert index.losses == ()


@pytest.mark.parametrize("release", FORMATS)
def test_a_trace_that_is_cut_keeps_exactly_the_events_before_it(release: str) -> None:
    data = small_trace(release)
    assert wrongly_kept(data, range(HEADER_SIZE, len(data), 7)) == []


@pytest.mark.slow
@pytest.mark.parametrize("release", FORMATS)
def test_a_trace_cut_at_any_byte_keeps_exactly_the_events_before_it(release: str) -> None:
    data = small_trace(release)
    assert wrongly_kept(data, range(HEADER_SIZE, len(data))) == []


@pytest.mark.parametrize("release", FORMATS)
def test_a_large_trace_that_is_cut_keeps_exactly_the_events_before_it(release: str) -> None:
    data = record(release).data
    choose = random.Random(release)
    sizes = sorted(choose.randrange(HEADER_SIZE, len(data)) for _ in range(12))
    assert wrongly_kept(data, sizes) == []


@pytest.mark.slow
@pytest.mark.parametrize("release", FORMATS)
def test_a_large_trace_cut_at_many_places_keeps_exactly_the_events_before(release: str) -> None:
    data = record(release).data
    assert wrongly_kept(data, range(HEADER_SIZE, len(data), 997)) == []


def test_nothing_is_looked_for_inside_the_batch_that_is_cut() -> None:
    """Its payload reads as a batch of the next generation that ends with the file."""
    inner = batch(GO_START, generation=2, tick=TICK + 5)
    outer = batch(GO_START + GO_STOP + inner + bytes(90))
    data = trace(batch(GO_START), outer)[:-90]
    index = _index(data)
    assert [generation.number for generation in index.generations] == [1]
    assert [len(generation.events) for generation in index.generations] == [2]
    begin = len(trace(batch(GO_START)))
    assert _losses(data) == [
        f"bad.trace: the file is cut off at byte {begin:,} ({len(data) - begin} bytes)"
    ]
    assert events_kept(data) == 3


def test_a_header_that_is_cut_is_a_cut() -> None:
    sound = trace(batch(GO_START))
    header = batch(b"", thread=-1, generation=2)
    for size in range(1, len(header)):
        (loss,) = _losses(sound + header[:size])
        assert "the file is cut off at byte" in loss
        assert events_kept(sound + header[:size]) == 1


def test_a_lone_event_that_is_cut_is_no_damage_beside_the_cut() -> None:
    data = trace(batch(GO_START), batch(GO_START + GO_STOP))[:-1]
    losses = [str(loss) for loss in read_trace(data, name="cut.trace").losses]
    assert [what for what in losses if "make no sense" in what] == []
    assert len([what for what in losses if "the file is cut off" in what]) == 1


def test_a_damaged_stretch_is_passed_over_up_to_a_chain_that_goes_on() -> None:
    sound = trace(batch(GO_START))
    chain = batch(GO_STOP, tick=TICK + 9) + batch(GO_START, tick=TICK + 1) * 2
    data = sound + b"\xff" * 100 + chain
    assert events_kept(data) == 4
    assert _losses(data) == [
        f"bad.trace: a damaged stretch was passed over at byte {len(sound)} (100 bytes)"
    ]


@pytest.mark.parametrize(
    "other",
    [
        batch(GO_START, generation=3),
        batch(GO_START, thread=4),
        batch(GO_START, tick=TICK - (1 << 29)),
        batch(GO_START, tick=TICK + (1 << 34)),
    ],
    ids=["generation", "thread", "before", "after"],
)
def test_a_chain_that_does_not_continue_what_was_before_is_no_chain(other: bytes) -> None:
    data = trace(batch(GO_START)) + b"\xff" * 100 + other * 3
    assert events_kept(data) == 1
    assert len(_losses(data)) == 1
