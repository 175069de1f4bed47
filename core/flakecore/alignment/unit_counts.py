"""Learns how many units each site's writes print, where it is always the same number.

Every gap between two anchors is an equation: the writes of each site times what such a write
prints add up to the units of the gap. Gaps with one unknown answer it; what most of them answer is
taken, and makes further gaps have one unknown less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.writers import Habit

UNKNOWN = -1
_ROUNDS = 12
_STEPS = 150
_USUAL = {Habit.SURE: 1.0, Habit.STANDARD: 0.9, Habit.LINES: 0.9, Habit.UNKNOWN: 0.7}
_AGREE = 0.9
_FEW = 3
"""From how many gaps on a site's own word is enough that it prints to the output at all."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What each site prints; columns (sites,).

    Attributes:
        number: int64, units a write; ``UNKNOWN`` where it differs.
        doubtful: bool, too few gaps bear witness to it.
    """

    number: NDArray[np.int64]
    doubtful: NDArray[np.bool_]


def learn_counts(
    gap: NDArray[np.int64],
    site: NDArray[np.int32],
    units: NDArray[np.int64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    habit: NDArray[np.uint8],
) -> Counts:
    """Learn what each site prints.

    Args:
        gap: (writes,) the gap each write lies in.
        site: (writes,) its site.
        units: (gaps,) units in each gap.
        least: (writes,) how many it prints at least.
        most: (writes,) how many at most; the same number where that is known.
        habit: (sites,) ``Habit`` of each site.
    """
    sites = len(habit)
    number = np.full(sites, UNKNOWN, np.int64)
    varies = np.zeros(sites, np.bool_)
    fixed = least == most
    left = units - np.bincount(gap[fixed], least[fixed], minlength=len(units)).astype(np.int64)
    pairs = gap[~fixed].astype(np.int64) * max(sites, 1) + site[~fixed]
    distinct, times = np.unique(pairs, return_counts=True)
    at, of = distinct // max(sites, 1), distinct % max(sites, 1)
    support = np.zeros(sites, np.int64)
    for _ in range(_ROUNDS):
        known = number[of] != UNKNOWN
        rest = left - np.bincount(
            at[known], number[of[known]] * times[known], minlength=len(units)
        ).astype(np.int64)
        open_sites = np.bincount(at[~known], minlength=len(units))
        alone = np.flatnonzero(~known & (open_sites[at] == 1) & ~varies[of])
        if not len(alone):
            break
        answer, odd = np.divmod(rest[at[alone]], times[alone])
        answer[(odd != 0) | (answer < 0)] = UNKNOWN
        asked = of[alone]
        for each in np.unique(asked).tolist():
            answers = answer[asked == each]
            values, counts = np.unique(answers, return_counts=True)
            best = int(np.argmax(counts))
            agreed = counts[best] >= _AGREE * len(answers) and values[best] != UNKNOWN
            if agreed:
                number[each] = values[best]
                support[each] = counts[best]
            else:
                varies[each] = True
    # What never stood alone is taken to print one, as most do; gaps in which it does not add up
    # are weighed.
    assumed = (number == UNKNOWN) & ~varies
    number[assumed] = 1
    gaps_with = np.bincount(of, minlength=sites)
    known = number[of] != UNKNOWN
    expected = np.bincount(
        at[known], number[of[known]] * times[known], minlength=len(units)
    ).astype(np.int64)
    adds_up = (expected == left) & (np.bincount(at[~known], minlength=len(units)) == 0)
    agreeing = np.bincount(of[adds_up[at]], minlength=sites)
    support = np.maximum(support, agreeing)
    needed = np.where(habit == Habit.UNKNOWN, _FEW, np.where(habit == Habit.LINES, 1, 0))
    # That a sum can be shared out evenly may be chance.
    needed = np.where((number != 1) & (number != 0), _FEW, needed)
    doubtful = support < needed
    doubtful |= agreeing * 2 < gaps_with
    unusual = np.flatnonzero((number != 1) & (number != UNKNOWN) & ~doubtful)
    for each in unusual.tolist():
        doubtful[each] = _could_be_anothers(each, at, of, times, adds_up)
    return Counts(number, doubtful)


def _could_be_anothers(
    site: int,
    at: NDArray[np.int64],
    of: NDArray[np.int64],
    times: NDArray[np.int64],
    adds_up: NDArray[np.bool_],
) -> bool:
    """Return whether what a site is said to print could as well be what another prints.

    Of two that always come together only the sum is known. That one of them prints an unusual
    number is to be borne out by gaps in which they come unequally often.

    Args:
        site: of a number that is known.
        at: (n,) gaps.
        of: (n,) a site that writes in the gap.
        times: (n,) how often.
        adds_up: (gaps,) whether the numbers of all sites are those of the gap.
    """
    mine = of == site
    often = np.zeros(len(adds_up), np.int64)
    often[at[mine]] = times[mine]
    equal = (often[at] == times) & ~mine
    others = np.unique(of[equal])
    together = np.bincount(of[equal], minlength=len(others))[others]
    agreed = np.bincount(of[equal & adds_up[at]], minlength=int(others.max(initial=0)) + 1)[others]
    apart = np.count_nonzero(mine) - together
    agreed_apart = np.count_nonzero(adds_up[at[mine]]) - agreed
    return bool(((agreed_apart < _FEW) | (agreed_apart * 2 < apart)).any())


def learn_rates(
    gap: NDArray[np.int64],
    site: NDArray[np.int32],
    units: NDArray[np.int64],
    least: NDArray[np.int64],
    most: NDArray[np.int64],
    habit: NDArray[np.uint8],
) -> NDArray[np.float64]:
    """Return how many units a write of each site prints on the average, as far as sums tell.

    A site that writes to a file takes part in gaps whose units the others account for. The
    averages that make the sums likeliest are found step by step (Richardson and Lucy), from what
    is usual. Arguments as for ``learn_counts``.
    """
    sites, gaps = len(habit), len(units)
    rate = np.array([_USUAL[Habit(each)] for each in habit.tolist()], np.float64)
    fixed = least == most
    given = np.bincount(gap[fixed], least[fixed], minlength=gaps)
    pairs = gap[~fixed].astype(np.int64) * max(sites, 1) + site[~fixed]
    distinct, times = np.unique(pairs, return_counts=True)
    at, of = distinct // max(sites, 1), distinct % max(sites, 1)
    total = np.bincount(of, times, minlength=sites)
    sure = habit == Habit.SURE
    for _ in range(_STEPS):
        expected = given + np.bincount(at, rate[of] * times, minlength=gaps)
        share = (units + 0.1) / (expected + 0.1)
        change = np.bincount(of, times * share[at], minlength=sites) / np.maximum(total, 1)
        rate = np.where(total > 0, rate * change, rate)
        rate = np.where(sure, np.maximum(rate, 1.0), rate)
    return rate
