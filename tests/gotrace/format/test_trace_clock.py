"""The clock of a trace: how long its ticks are, and which moments its wall clock knows."""

from __future__ import annotations

import pytest

from flakecore.gotrace import read_trace
from flakecore.gotrace.format.batch_index import index_trace
from flakecore.gotrace.format.trace_clock import TraceClock, read_clock
from flakecore.gotrace.format.wire import Ev, ProcStatus
from gotrace.constructed import TICK, batch, event, trace
from gotrace.recordings import FORMATS, small_trace
from gotrace.text_form import varint

EVENTS = batch(event(Ev.PROC_STATUS, 1, 0, ProcStatus.RUNNING) + event(Ev.PROC_STOP, 5))
END = bytes([Ev.END_OF_GENERATION])


def _sync(frequency: int, mono: int, seconds: int) -> bytes:
    """Return the batch of a generation's clock as Go 1.25 and later write it."""
    numbers = b"".join(map(varint, (3, mono, seconds, 7)))
    payload = bytes([Ev.SYNC, Ev.FREQUENCY]) + varint(frequency)
    return batch(payload + bytes([Ev.CLOCK_SNAPSHOT]) + numbers, thread=-1)


def _clock(data: bytes) -> TraceClock:
    view = memoryview(data)
    return read_clock(view, index_trace(view, name="made.trace"), name="made.trace")


def test_a_snapshot_is_a_moment_on_the_ticks_and_on_the_wall_clock() -> None:
    clock = _clock(trace(EVENTS, _sync(15_625_000, 1_000, 1_700_000_000), END))
    assert [(each.tick, each.mono_ns, each.wall_ns) for each in clock.snapshots] == [
        (TICK + 3, 1_000, 1_700_000_000_000_000_007)
    ]
    assert clock.ticks.frequency == 15_625_000
    assert clock.losses == ()


@pytest.mark.parametrize(
    ("mono", "seconds"),
    [(1_000, 1 << 35), (1_000, (1 << 62) + 1), (1 << 62, 1_700_000_000)],
    ids=["wall", "wraps", "monotonic"],
)
def test_a_snapshot_beyond_64_bits_is_a_loss_and_the_length_of_a_tick_is_kept(
    mono: int, seconds: int
) -> None:
    clock = _clock(trace(EVENTS, _sync(10_000_000, mono, seconds), END))
    assert clock.snapshots == ()
    assert clock.ticks.frequency == 10_000_000
    (loss,) = clock.losses
    assert str(loss) == "made.trace, generation 1: some of its clock cannot be read"


def test_where_the_length_of_a_tick_is_lost_it_says_what_is_taken_for_it() -> None:
    data = trace(EVENTS)
    assert _clock(data).ticks.frequency == 15_625_000
    losses = [str(loss) for loss in read_trace(data, name="made.trace").losses]
    assert "made.trace: the length of its ticks is lost: taken to be 64 ns" in losses


@pytest.mark.parametrize("frequency", [0, 999, 4_000_000_000])
def test_a_frequency_that_no_clock_has_is_lost(frequency: int) -> None:
    clock = _clock(trace(EVENTS, _sync(frequency, 1_000, 1_700_000_000), END))
    assert clock.ticks.frequency == 15_625_000
    assert len(clock.losses) == 2


@pytest.mark.parametrize("release", FORMATS)
def test_a_whole_trace_has_its_clock_and_since_go_1_25_the_wall_clock(release: str) -> None:
    clock = _clock(small_trace(release))
    assert clock.losses == ()
    assert bool(clock.snapshots) == (int(release.split(".")[1]) >= 25)
