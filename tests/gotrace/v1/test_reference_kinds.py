"""Events of the format before generations under the types of the newer one."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.events.event_kinds import SyntheticCode
from flakecore.gotrace.format.wire import Ev
from flakecore.gotrace.v1.format.wire import EvV1
from flakecore.gotrace.v1.reference_kinds import ReferenceRows, convert_rows
from flakecore.gotrace.v1.segments import Segment
from gotrace.v1.opened import NEWEST, OLDEST, opened, segments


def _converted(name: str, *, ordered: bool = True) -> tuple[Segment, ReferenceRows]:
    (segment,) = segments(name)
    samples = opened(name).samples.between(segment.first, segment.after)
    return segment, convert_rows(segment, samples, ordered=ordered)


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_a_syscall_that_keeps_its_proc_is_a_begin_and_an_end(name: str) -> None:
    segment, rows = _converted(name)
    calls = np.flatnonzero(rows.code == Ev.GO_SYSCALL_BEGIN)
    ends = np.flatnonzero(rows.code == Ev.GO_SYSCALL_END)
    kept = calls[~segment.lost_proc(rows.row[calls])]
    assert np.array_equal(kept + 1, ends)
    assert np.array_equal(rows.row[kept], rows.row[ends])


@pytest.mark.parametrize("name", [OLDEST, NEWEST])
def test_each_goroutine_that_existed_has_one_status(name: str) -> None:
    segment, rows = _converted(name)
    statuses = segment.named[rows.row[rows.code == Ev.GO_STATUS]]
    existed = segment.named[segment.initial_rows()]
    assert sorted(statuses.tolist()) == sorted(set(existed[existed > 0].tolist()))


def test_the_start_of_a_labelled_goroutine_is_a_start_and_a_label() -> None:
    segment, rows = _converted("http_1_19_good")
    labels = np.flatnonzero(rows.code == Ev.GO_LABEL)
    assert len(labels) == (segment.type == EvV1.GO_START_LABEL).sum()
    assert np.all(rows.code[labels - 1] == Ev.GO_START)


def test_the_order_changes_no_count() -> None:
    ordered, plain = (_converted(NEWEST, ordered=each)[1] for each in (True, False))
    assert np.array_equal(np.bincount(ordered.code), np.bincount(plain.code))


def test_a_cpu_sample_comes_before_the_first_event_later_than_it() -> None:
    name = "fmt_1_21_pprof_good"
    segment, rows = _converted(name)
    samples = np.flatnonzero(rows.code == SyntheticCode.STACK_SAMPLE)
    assert len(samples) > 0
    tick = np.append(segment.tick, opened(name).samples.tick)[rows.row]
    assert np.all(np.diff(np.maximum.accumulate(tick)[samples]) >= 0)
