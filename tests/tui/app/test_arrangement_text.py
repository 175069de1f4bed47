"""What is arranged as words, and back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flakecore.errors import FlakeError
from flakecore.gotest.logs.levels import Level
from flakecore.timeline import Lane, LaneKind
from flaketui.app.arrangement_text import arrange_by, arranged_words, filter_summary
from flaketui.view.arrangement import (
    Arrangement,
    Grouping,
    OutputFilter,
    SpansShown,
    TestsShown,
    WaitsOf,
    WaitsShown,
    WaitTotals,
)

G34 = Lane(LaneKind.GOROUTINE, 34)
ARRANGED = Arrangement(
    pinned=(G34,),
    hidden=frozenset({Lane(LaneKind.PROC, 1)}),
    turned=(("test 0", False),),
    grouping=Grouping.CREATOR,
    tests=TestsShown.FAILED,
    waits=WaitsShown.UNENDED,
    spans=SpansShown.STOPS,
    waits_of=WaitsOf(WaitTotals.REASON, "mutex"),
    output=OutputFilter(7, Level.WARN, 5, "lock a"),
    unfolded=True,
)


def test_what_is_as_at_first_needs_no_words() -> None:
    assert arranged_words(Arrangement()) == ()
    assert filter_summary(Arrangement()) == ""


def test_words_lead_back_to_what_was_arranged() -> None:
    kept = replace(Arrangement(), marks=(3,))
    assert arrange_by(arranged_words(ARRANGED), kept) == replace(ARRANGED, marks=(3,))


def test_every_filter_is_told() -> None:
    assert filter_summary(ARRANGED) == (
        "only failed tests, only waits never ended, only waits of mutex,"
        " only stops of the world, output from warn up, output of G7, only the last of the output,"
        " output with lock a, 1 lane hidden, grouped by creator"
    )


@pytest.mark.parametrize("word", ["nonsense=1", "waits", "waits={", "marks=[1]", "pinned=[7]"])
def test_what_cannot_be_read_is_named(word: str) -> None:
    with pytest.raises(FlakeError, match="--with"):
        arrange_by([word], Arrangement())
