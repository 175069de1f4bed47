"""Strings, stacks, clock and CPU samples of a generation; a damaged entry ends its batch."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.format.batch_index import GenerationIndex, index_trace
from flakecore.gotrace.format.tables import (
    ClockSnapshot,
    CpuSamples,
    read_cpu_samples,
    read_stacks,
    read_strings,
    read_sync,
)
from flakecore.gotrace.format.wire import Ev
from gotrace.constructed import TICK, batch, trace
from gotrace.text_form import varint


def _generation(*payloads: bytes, version: int = 26) -> tuple[memoryview, GenerationIndex]:
    data = memoryview(trace(*(batch(each, thread=-1) for each in payloads), version=version))
    return data, index_trace(data, name="made").generations[0]


def _string(number: int, text: bytes, *, size: int | None = None) -> bytes:
    length = len(text) if size is None else size
    return bytes([Ev.STRING]) + varint(number) + varint(length) + text


def _numbers(kind: Ev, *numbers: int) -> bytes:
    return bytes([kind]) + b"".join(map(varint, numbers))


def _strings(*entries: bytes) -> bytes:
    return bytes([Ev.STRINGS]) + b"".join(entries)


def _stacks(*entries: bytes) -> bytes:
    return bytes([Ev.STACKS]) + b"".join(entries)


def test_strings_are_read_by_number_and_0_is_the_empty_one() -> None:
    payload = _strings(_string(3, b"sleep"), _string(300, "grün".encode()))
    strings, losses = read_strings(*_generation(payload), name="made")
    assert (strings, losses) == ({0: "", 3: "sleep", 300: "grün"}, ())


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    strings, _ = read_strings(*_generation(_strings(_string(1, b"a\xffb"))), name="made")
    assert strings[1] == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.parametrize("size", [50, 1 << 40])
def test_a_string_longer_than_its_batch_is_a_loss_and_those_before_it_remain(size: int) -> None:
    bad = _string(2, b"x", size=size)
    payload = _strings(_string(1, b"first"), bad)
    strings, (loss,) = read_strings(*_generation(payload), name="made")
    assert strings == {0: "", 1: "first"}
    assert (loss.where, loss.bytes) == ("made, generation 1", len(bad))


def test_stacks_are_read_by_number_innermost_frame_first() -> None:
    entry = _numbers(Ev.STACK, 7, 2, 100, 1, 2, 10, 200, 3, 4, 20)
    stacks, losses = read_stacks(*_generation(_stacks(entry)), name="made")
    assert (stacks, losses) == ({7: ((100, 1, 2, 10), (200, 3, 4, 20))}, ())


@pytest.mark.parametrize("frames", [2, 1 << 20])
def test_a_stack_with_fewer_frames_than_stated_is_a_loss_and_those_before_remain(
    frames: int,
) -> None:
    good, bad = _numbers(Ev.STACK, 7, 1, 0, 1, 2, 10), _numbers(Ev.STACK, 8, frames, 0, 1, 2, 10)
    stacks, losses = read_stacks(*_generation(_stacks(good, bad)), name="made")
    assert list(stacks) == [7]
    assert [loss.what for loss in losses] == ["some of its stacks cannot be read"]


def test_a_snapshot_is_on_the_ticks_of_its_batch() -> None:
    payload = bytes([Ev.SYNC]) + _numbers(Ev.FREQUENCY, 15_625_000)
    payload += _numbers(Ev.CLOCK_SNAPSHOT, 5, 1_000, 1_700_000_000, 42)
    sync, losses = read_sync(*_generation(payload), name="made")
    assert losses == ()
    assert sync.frequency == 15_625_000
    assert sync.snapshot == ClockSnapshot(TICK + 5, 1_000, 1_700_000_000_000_000_042)


@pytest.mark.parametrize("frequency", [0, 999, 1 << 40])
def test_a_frequency_that_no_clock_has_is_a_loss(frequency: int) -> None:
    payload = bytes([Ev.SYNC]) + _numbers(Ev.FREQUENCY, frequency)
    sync, losses = read_sync(*_generation(payload), name="made")
    assert (sync.frequency, sync.snapshot) == (0, None)
    assert [loss.what for loss in losses] == ["some of its clock cannot be read"]


def test_samples_are_by_time_and_entries_of_another_type_are_left_out() -> None:
    def sample(tick: int, kind: Ev = Ev.CPU_SAMPLE) -> bytes:
        return _numbers(kind, tick, 3, 1, 7, 9)

    payload = bytes([Ev.CPU_SAMPLES]) + sample(30) + sample(5, Ev.STRING) + sample(20)
    samples = read_cpu_samples(*_generation(payload))
    assert samples.tick.tolist() == [20, 30]
    assert (samples.goroutine.tolist(), samples.stack.tolist()) == ([7, 7], [9, 9])


def test_the_first_samples_are_cut_from_every_column() -> None:
    samples = CpuSamples(*(np.arange(3) for _ in range(5))).first(2)
    assert all(len(each) == 2 for each in (samples.tick, samples.thread, samples.stack))
