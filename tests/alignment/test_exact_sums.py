"""Gaps in which the usual numbers add up are paired without a search."""

from __future__ import annotations

import numpy as np

from alignment.sequences import LOGGER, PRINTF, PRINTLN, RUN, units_of, writes_of
from flakecore.alignment.anchors import ANY_TIME, find_anchors, number_keys
from flakecore.alignment.exact_sums import ExactPairs, gaps_between, pair_exact_gaps
from flakecore.alignment.models.transition_scores import Sequences
from flakecore.alignment.models.unit_counts import UNKNOWN, UnitCounts
from flakecore.gotrace import Stack


def paired(
    lines: list[str],
    stacks: list[Stack],
    counts: dict[Stack, int],
    *,
    times: list[tuple[int, int]] | None = None,
    foreign: tuple[int, ...] = (),
) -> ExactPairs:
    """Pair lines with writes whose stacks print known numbers of lines."""
    units, writes = units_of(lines, foreign=foreign), writes_of(stacks, times=times)
    keys = number_keys(units.keys, writes, lambda _: 0, by_line=True)
    latest = np.full(len(lines), ANY_TIME, np.int64)
    split = np.zeros(len(lines), np.bool_)
    sites = [counts.get(each, UNKNOWN) for each in dict.fromkeys(stacks)]
    gaps = gaps_between(find_anchors(keys, writes), len(lines), len(stacks))
    return pair_exact_gaps(
        Sequences(units, writes, keys, True, latest, split),
        gaps,
        UnitCounts(np.array(sites, np.int64), np.zeros(len(sites), np.bool_)),
        np.ones(len(sites)),
    )


def test_where_the_numbers_add_up_each_line_is_its_writes() -> None:
    found = paired(["a", "b", "c", "d"], [PRINTLN, PRINTF, PRINTLN], {PRINTLN: 1, PRINTF: 2})
    assert found.owner.tolist() == [0, 1, 1, 2]


def test_where_a_line_is_missing_nothing_is_paired() -> None:
    found = paired(["a", "b", "c"], [PRINTLN, PRINTF, PRINTLN], {PRINTLN: 1, PRINTF: 2})
    assert not len(found.units)
    assert not found.exact.any()


def test_a_foreign_line_is_left_out_of_the_sum() -> None:
    found = paired(["a", "exit status 1", "b"], [PRINTLN] * 2, {PRINTLN: 1}, foreign=(1,))
    assert (found.units.tolist(), found.owner.tolist()) == ([0, 2], [0, 1])


def test_a_site_of_unknown_count_leaves_its_gap_to_the_search_and_no_other() -> None:
    lines = ["a", "=== RUN   TestA", "b"]
    found = paired(lines, [LOGGER, RUN, PRINTLN], {PRINTLN: 1, RUN: 1})
    assert found.exact.tolist() == [False, True]
    assert found.owner.tolist() == [1, 2]


def test_writes_that_overlap_leave_their_gap_to_the_search() -> None:
    both = [PRINTLN, PRINTLN]
    assert paired(["a", "b"], both, {PRINTLN: 1}, times=[(0, 5), (5, 9)]).exact.all()
    assert not paired(["a", "b"], both, {PRINTLN: 1}, times=[(0, 6), (5, 9)]).exact.any()
