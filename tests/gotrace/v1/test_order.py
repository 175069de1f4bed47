"""The order of a segment's events."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.v1.order import true_order
from gotrace.v1.opened import NEWEST, OLDEST, segments

NAMES = [OLDEST, NEWEST, "stress_1_19_good"]


@pytest.mark.parametrize("name", NAMES)
def test_it_holds_every_event_once_and_keeps_each_procs_stream(name: str) -> None:
    for segment in segments(name):
        order = true_order(segment)
        assert np.array_equal(np.sort(order), np.arange(len(segment)))
        written = order[order < segment.written]
        proc = segment.proc[written]
        for each in np.unique(proc).tolist():
            assert np.all(np.diff(written[proc == each]) > 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_of_a_goroutine_rise(name: str) -> None:
    for segment in segments(name):
        order = true_order(segment)
        order = order[(segment.named[order] > 0) & (order < segment.written)]
        for goroutine in np.unique(segment.named[order])[:50].tolist():
            numbers = segment.sequence[order[segment.named[order] == goroutine]]
            assert np.all(np.diff(numbers) > 0)
