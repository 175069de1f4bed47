"""Sequence numbers of goroutines, of which local events have none in the file."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.v1 import sequence as module
from flakecore.gotrace.v1.format.wire import SEQUENCED
from flakecore.gotrace.v1.sequence import read_sequence
from gotrace.v1.opened import NEWEST, OLDEST, opened


@pytest.mark.parametrize("name", [OLDEST, NEWEST, "stress_1_19_good"])
def test_the_numbers_of_each_goroutine_have_no_gap_and_no_repeat(name: str) -> None:
    events = opened(name).events
    sequence = read_sequence(events)
    rows = np.flatnonzero(SEQUENCED[events.type])
    order = np.lexsort((sequence[rows], events.named[rows]))
    goroutine, number = events.named[rows][order], sequence[rows][order]
    same = goroutine[1:] == goroutine[:-1]
    assert np.all(np.diff(number)[same] == 1)


def test_events_that_name_no_goroutine_have_the_number_0() -> None:
    events = opened(NEWEST).events
    assert not read_sequence(events)[~SEQUENCED[events.type]].any()


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pieces_of_any_size_have_the_same_numbers(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = opened(OLDEST).events
    whole = read_sequence(events)
    monkeypatch.setattr(module, "_PIECE", size)
    assert np.array_equal(read_sequence(events), whole)
