"""Who printed what, where several ways are possible: sure only where no other comes near."""

from __future__ import annotations

from math import log

import pytest

from flakecore.alignment.beam_search import SearchResult, SearchSegment, solve
from flakecore.alignment.matching import CERTAIN_MARGIN

_ONE_TO_FOUR = (log(0.1), log(0.8), log(0.06), log(0.03), log(0.01))


def told(writes: int, units: int, numbers: tuple[float, ...] = _ONE_TO_FOUR) -> SearchResult:
    """Deal units that all look the same out to writes that follow each other."""

    def options(write: int, unit: int) -> list[tuple[int, float]]:
        del write
        return [(number, score) for number, score in enumerate(numbers) if unit + number <= units]

    verdict = solve(
        SearchSegment(
            starts=[10 * write for write in range(writes)],
            ends=[10 * write + 5 for write in range(writes)],
            latest_ends=[10 * write + 5 for write in range(writes)],
            units=units,
            options=options,
            count_scores=[numbers] * writes,
            baselines=[0.0] * units,
            foreign=[False] * units,
            may_be_split=[False] * units,
            open_start=False,
            open_end=False,
        )
    )
    assert verdict is not None
    return verdict


def test_one_unit_a_write_is_dealt_out_in_order_and_for_sure() -> None:
    verdict = told(20, 20)
    assert verdict.owner == list(range(20))
    assert min(verdict.margin) > 2.0


@pytest.mark.parametrize("writes", [20, 60])
def test_where_more_is_left_than_is_usual_nobody_is_sure_of_the_last(writes: int) -> None:
    """A way that deals out too little for long leaves too much for the end, and is not the best."""
    verdict = told(writes, 2 * writes)
    assert max(verdict.margin) < CERTAIN_MARGIN


def test_what_is_no_writes_is_nobodys() -> None:
    verdict = told(3, 4, (log(1e-9), 0.0))
    assert sorted(set(verdict.owner)) == [-1, 0, 1, 2]
