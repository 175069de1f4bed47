"""Events that need a goroutine or proc and have none are a loss; all others are not."""

from __future__ import annotations

import pytest

from flakecore.gotrace.events.lazy_context import LazyContext
from flakecore.gotrace.events.validation import context_losses
from flakecore.loss import Loss
from gotrace.constructed import generations_of, starts, trace_of


def _losses(*lines: str) -> tuple[Loss, ...]:
    ((events, statuses, context),) = generations_of(trace_of({3: lines}))
    losses = context_losses(events, context, where="here")
    assert LazyContext(events, statuses).losses("here") == losses
    return losses


@pytest.mark.parametrize(
    "event",
    ["GoBlock dt=1 reason=0 stack=0", "HeapAlloc dt=1 value=1", "GoDestroy dt=1", "STWEnd dt=1"],
)
def test_an_event_without_what_it_needs_is_a_loss(event: str) -> None:
    (loss,) = _losses(event)
    assert loss.where == "here"
    assert loss.what.startswith("1 event happens on no goroutine or proc")
    assert "thread 3" in loss.what
    assert _losses(*starts(3, 7, 0), event) == ()


@pytest.mark.parametrize(
    "event",
    ["ProcStart dt=1 p=1 p_seq=1", "GCActive dt=1 gc_seq=1", "GCMarkAssistActive dt=1 g=4"],
)
def test_an_event_that_needs_nothing_is_never_one(event: str) -> None:
    assert _losses(event) == ()


def test_several_are_counted_together() -> None:
    (loss,) = _losses("GoBlock dt=1 reason=0 stack=0", "GoDestroy dt=1")
    assert loss.what.startswith("2 events happen")
