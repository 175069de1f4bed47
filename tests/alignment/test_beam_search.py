"""Who printed what, where several ways are possible: sure only where no other comes near."""

from __future__ import annotations

from math import log

import pytest

from flakecore.alignment.beam_search import SearchResult, SearchSegment, solve
from flakecore.alignment.matching import CERTAIN_MARGIN

_ONE_TO_FOUR = (log(0.1), log(0.8), log(0.06), log(0.03), log(0.01))


def told(writes: int, units: int, numbers: tuple[float, ...] = _ONE_TO_FOUR) -> SearchResult:
    """Deal units that all look the same out to writes that follow each other."""

    def options(write: int, unit: int, printed: int) -> list[tuple[int, float]]:
        del write, printed
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


def overlapping(units: int, always: int) -> SearchResult:
    """Deal packets out to three writes: the second came into the first, the last follows.

    The first packet is full, the second looks like the second write's, and the last write may have
    gone elsewhere. The first write's site has ``always`` printed as many.
    """
    first = tuple(-0.01 if number == always else -20.0 for number in range(5))
    counts = [first, (-20.0, -0.01), (-5.0, -0.01)]

    def options(write: int, unit: int, printed: int) -> list[tuple[int, float]]:
        found = []
        for number in range(printed > 0, min(units - unit, len(counts[write]) - 1 - printed) + 1):
            others = (unit <= 1 < unit + number) != (write == 1) and number
            found.append((number, counts[write][printed + number] - (12.0 if others else 0.0)))
        return found

    verdict = solve(
        SearchSegment(
            starts=[0, 10, 60],
            ends=[50, 20, 70],
            latest_ends=[50, 20, 70],
            units=units,
            options=options,
            count_scores=counts,
            baselines=[0.0] * units,
            foreign=[False] * units,
            may_be_split=[at == 0 for at in range(units)],
            open_start=False,
            open_end=False,
        )
    )
    assert verdict is not None
    return verdict


def test_who_never_prints_more_than_a_packet_has_no_rest_to_print() -> None:
    """A page of 4,096 bytes fills a packet: what comes later may be its rest, or another write's.

    In a capture of Go 1.26.6 one line of 5,000 was not certain, for a rest cost no more than a
    whole write.
    """
    verdict = overlapping(units=3, always=1)
    assert verdict.owner == [0, 1, 2]
    assert verdict.margin[2] > CERTAIN_MARGIN


def test_the_rest_of_three_packets_is_found_behind_what_came_between() -> None:
    verdict = overlapping(units=5, always=3)
    assert verdict.owner == [0, 1, 0, 0, 2]
    assert min(verdict.margin) > CERTAIN_MARGIN
