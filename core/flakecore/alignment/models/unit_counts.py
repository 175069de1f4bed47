"""How many units a write of each site prints: estimated from sums over the gaps between anchors.

Every gap is a linear equation: the writes of each site, times the units a write of it, sum up to
the units of the gap. A gap with one unknown site solves for it; the answer of most such gaps is
taken, and leaves further gaps with one unknown less.

The constants were chosen and measured as those of ``matching``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.writers import PriorClass

UNKNOWN = -1
_MAX_ROUNDS = 12
"""Rounds of solving for sites at most: unknowns that hang on each other in a row."""
_ITERATIONS = 150
"""Steps of the Richardson-Lucy iteration."""
_PRIOR_RATE = {
    PriorClass.PRINTLN: 1.0,
    PriorClass.PRINT: 0.9,
    PriorClass.WHOLE_LINES: 0.9,
    PriorClass.UNKNOWN: 0.7,
}
"""Units a write with which that iteration begins, by class."""
_MIN_AGREEMENT = 0.9
"""Share of the gaps with one unknown that must give the same answer."""
_MIN_GAPS = 3
"""Gaps that must agree on a count that chance could yield: of a site whose class has no evidence of
where it writes to, or one other than 0 and 1."""


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Units a write of each site; columns (sites,).

    Attributes:
        units: int64, units a write; ``UNKNOWN`` where it varies.
        doubtful: bool, whether too few gaps support it.
    """

    units: NDArray[np.int64]
    doubtful: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class GapSums:
    """The equations: which writes lie in each gap, and how many units.

    Attributes:
        gap: int64, (writes,) the gap each write lies in.
        site: int32, (writes,) its site.
        units: int64, (gaps,) number of units in each gap.
        min_units: int64, (writes,) how many it prints at least.
        max_units: int64, (writes,) how many at most; equal to ``min_units`` where that is known.
        prior_class: uint8, (sites,) ``PriorClass`` of each site.
    """

    gap: NDArray[np.int64]
    site: NDArray[np.int32]
    units: NDArray[np.int64]
    min_units: NDArray[np.int64]
    max_units: NDArray[np.int64]
    prior_class: NDArray[np.uint8]

    def given(self) -> NDArray[np.int64]:
        """Return (gaps,) the units of the writes whose number is known."""
        fixed = self.min_units == self.max_units
        return np.bincount(
            self.gap[fixed], self.min_units[fixed], minlength=len(self.units)
        ).astype(np.int64)

    def terms(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return gap, site and writes of it there, of each pair with unknown numbers; all (n,)."""
        unknown, sites = self.min_units != self.max_units, max(len(self.prior_class), 1)
        pairs = self.gap[unknown].astype(np.int64) * sites + self.site[unknown]
        distinct, times = np.unique(pairs, return_counts=True)
        return distinct // sites, distinct % sites, times


def learn_counts(sums: GapSums) -> UnitCounts:
    """Return the units a write of each site, where it is always the same number."""
    units, prior_class = sums.units, sums.prior_class
    sites = len(prior_class)
    number = np.full(sites, UNKNOWN, np.int64)
    varies = np.zeros(sites, np.bool_)
    left = units - sums.given()
    at, of, times = sums.terms()
    support = np.zeros(sites, np.int64)
    for _ in range(_MAX_ROUNDS):
        known = number[of] != UNKNOWN
        rest = left - np.bincount(
            at[known], number[of[known]] * times[known], minlength=len(units)
        ).astype(np.int64)
        unknowns = np.bincount(at[~known], minlength=len(units))
        solvable = np.flatnonzero(~known & (unknowns[at] == 1) & ~varies[of])
        if not len(solvable):
            break
        answer, remainder = np.divmod(rest[at[solvable]], times[solvable])
        answer[(remainder != 0) | (answer < 0)] = UNKNOWN
        solved = of[solvable]
        for each in np.unique(solved).tolist():
            answers = answer[solved == each]
            values, counts = np.unique(answers, return_counts=True)
            best = int(np.argmax(counts))
            agreed = counts[best] >= _MIN_AGREEMENT * len(answers) and values[best] != UNKNOWN
            if agreed:
                number[each] = values[best]
                support[each] = counts[best]
            else:
                varies[each] = True
    # A site that was never the only unknown is assumed to print one unit, as most do; gaps whose
    # sum then differs are searched.
    assumed = (number == UNKNOWN) & ~varies
    number[assumed] = 1
    gaps_with = np.bincount(of, minlength=sites)
    known = number[of] != UNKNOWN
    expected = np.bincount(
        at[known], number[of[known]] * times[known], minlength=len(units)
    ).astype(np.int64)
    agrees = (expected == left) & (np.bincount(at[~known], minlength=len(units)) == 0)
    agreeing = np.bincount(of[agrees[at]], minlength=sites)
    support = np.maximum(support, agreeing)
    needed = np.where(
        prior_class == PriorClass.UNKNOWN,
        _MIN_GAPS,
        np.where(prior_class == PriorClass.WHOLE_LINES, 1, 0),
    )
    # A sum may be divisible by chance.
    needed = np.where((number != 1) & (number != 0), _MIN_GAPS, needed)
    doubtful = support < needed
    doubtful |= agreeing * 2 < gaps_with
    unusual = np.flatnonzero((number != 1) & (number != UNKNOWN) & ~doubtful)
    for each in unusual.tolist():
        doubtful[each] = _is_confounded(each, at, of, times, agrees)
    return UnitCounts(number, doubtful)


def _is_confounded(
    site: int,
    at: NDArray[np.int64],
    of: NDArray[np.int64],
    times: NDArray[np.int64],
    agrees: NDArray[np.bool_],
) -> bool:
    """Return whether a site's count could as well be that of another site.

    Of two sites that write equally often in every gap only the sum is determined. A count other
    than 1 must be supported by gaps in which they write unequally often.

    Args:
        site: whose count is known.
        at: (n,) gaps.
        of: (n,) a site that writes in the gap.
        times: (n,) how often it does.
        agrees: (gaps,) whether the counts of all sites sum up to the gap's units.
    """
    its_own = of == site
    its_times = np.zeros(len(agrees), np.int64)
    its_times[at[its_own]] = times[its_own]
    equal = (its_times[at] == times) & ~its_own
    others = np.unique(of[equal])
    together = np.bincount(of[equal], minlength=len(others))[others]
    agreed = np.bincount(of[equal & agrees[at]], minlength=int(others.max(initial=0)) + 1)[others]
    apart = np.count_nonzero(its_own) - together
    agreed_apart = np.count_nonzero(agrees[at[its_own]]) - agreed
    return bool(((agreed_apart < _MIN_GAPS) | (agreed_apart * 2 < apart)).any())


def learn_rates(sums: GapSums) -> NDArray[np.float64]:
    """Return (sites,) the mean number of units a write of each site, as the sums suggest.

    A site that writes to a file takes part in gaps whose units the other sites account for. The
    means under which the sums are likeliest are found by Richardson-Lucy iteration, beginning
    with the prior rate of each class.
    """
    units, prior_class = sums.units, sums.prior_class
    sites, gaps = len(prior_class), len(units)
    rate = np.array([_PRIOR_RATE[PriorClass(each)] for each in prior_class.tolist()], np.float64)
    given = sums.given()
    at, of, times = sums.terms()
    total = np.bincount(of, times, minlength=sites)
    always_prints = prior_class == PriorClass.PRINTLN
    for _ in range(_ITERATIONS):
        expected = given + np.bincount(at, rate[of] * times, minlength=gaps)
        share = (units + 0.1) / (expected + 0.1)
        change = np.bincount(of, times * share[at], minlength=sites) / np.maximum(total, 1)
        rate = np.where(total > 0, rate * change, rate)
        rate = np.where(always_prints, np.maximum(rate, 1.0), rate)
    return rate


def observed_counts(
    owner: NDArray[np.int64],
    certain: NDArray[np.bool_],
    without_overlap: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the writes whose number of units is certain, and those numbers; both int64, (w,).

    Args:
        owner: (units,) the likeliest write of each unit.
        certain: (units,) whether it is certain.
        without_overlap: (writes,) whether no other write overlaps it in time.
    """
    rows = np.flatnonzero(certain)
    if not len(rows):
        return rows, rows
    owners = owner[rows]
    begins = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    ends = np.append(begins[1:], len(rows))
    # The number is certain if the units before and behind the write's are certain as well.
    before = np.append(True, rows[begins[1:]] == rows[begins[1:] - 1] + 1)
    behind = np.append(before[1:], True)
    bounded = before & behind
    one, other = owners[begins[:-1]], owners[begins[1:]]
    skipped = np.where(before[1:], np.maximum(other - one - 1, 0), 0)
    # Enumerates the writes between the owners of two adjacent units: they printed nothing.
    silent = np.repeat(one + 1, skipped) + np.arange(skipped.sum())
    silent -= np.repeat(np.cumsum(skipped) - skipped, skipped)
    silent = silent[~np.isin(silent, owner) & without_overlap[silent]]
    counted = np.concatenate([owners[begins[bounded]], silent])
    counts = np.concatenate([(ends - begins)[bounded], np.zeros(len(silent), np.int64)])
    return counted, counts
