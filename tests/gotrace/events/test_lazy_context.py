"""The context of rare events is the one that the whole generation gives."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.gotrace.events.context import bind
from gotrace.constructed import first_generation, starts, trace_of
from gotrace.recordings import FORMATS, trace_file


@pytest.mark.parametrize("natively", [True, False])
@pytest.mark.parametrize("release", [FORMATS[0], FORMATS[-1]])
def test_rare_events_have_the_context_that_the_whole_generation_gives(
    release: str, natively: bool
) -> None:
    _, context, _ = first_generation(trace_file(release).read_bytes())
    if not natively:
        context._rare_context = None
    whole, rows = bind(context.events, context.statuses), context.events.rare_rows
    some = context.at(rows)
    assert len(rows) > 100
    assert np.array_equal(some.goroutine, whole.goroutine[rows])
    assert np.array_equal(some.proc, whole.proc[rows])
    assert context.losses("here") == ()


def test_events_without_their_context_are_one_loss() -> None:
    _, context, _ = first_generation(trace_of({4: ["GoDestroy dt=1"]}))
    (loss,) = context.losses("here")
    assert "thread 4" in loss.what
    _, context, _ = first_generation(trace_of({4: [*starts(4, 7, 0), "GoDestroy dt=1"]}))
    assert context.losses("here") == ()
