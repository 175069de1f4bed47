"""What each call site usually prints: how many units a write, and what they look like.

A unit is a line of output, or a packet where writes were recorded. Counts are learned from writes
whose units are known, and from then on weigh the cases that are not: a site that printed one line
a hundred times is taken to do so again, and a line that looks like what it printed speaks for it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import Shapes
from flakecore.alignment.writers import Habit

_PRIORS = {
    Habit.SURE: {1: 0.97, 0: 1e-6},
    Habit.STANDARD: {1: 0.8, 0: 0.1},
    Habit.LINES: {1: 0.85, 0: 0.1},
    Habit.UNKNOWN: {1: 0.6, 0: 0.3},
}
_FAITHFUL = {Habit.SURE: -12.0, Habit.LINES: -5.0}
"""What silence weighs at least for a site that mostly prints, and that prints whole lines."""
_SEVERAL = 0.02
"""How likely two units are, for a site of which nothing is known; each one more is half of that."""
_PRIOR_WEIGHT = 1.0
_FEW = 5
_STEADY = 5.0
"""How much less likely anything new is at a site that has done the same fifty times."""
_NEW = 1.0
_MISSED = 10.0
_SETTLED = 20
_SURPRISES = 0.05
_SEVERAL_RATE = 1.6
_PRIOR_SITES = 2.0
_LIKELY = 6
"""Units that any write is thought to be able to print."""
_MOST = 6.0
"""How much the look of one unit may weigh, for or against a site."""


class EmissionModel:
    """Counts by site, as they are learned; scores are natural logarithms."""

    def __init__(
        self,
        shapes: Shapes,
        habit: NDArray[np.uint8],
        rates: NDArray[np.float64],
    ) -> None:
        """Know how common each shape is (of every unit), each site's habit, and what sums tell."""
        self._rates = rates.tolist()
        self._habit = habit.tolist()
        self._priors = {each: dict(numbers) for each, numbers in _PRIORS.items()}
        self._common = np.bincount(shapes.of, minlength=1)
        self._forms = shapes.form
        self._form = shapes.form.tolist()
        self._common_forms = np.bincount(shapes.form[shapes.of], minlength=1)
        self._units = max(len(shapes.of), 1)
        self.forget()

    def forget(self) -> None:
        """Begin to learn anew."""
        self._printed: list[int] = []
        self._numbers: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._looks: defaultdict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
        self._wide: defaultdict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
        self._known_looks: dict[tuple[int, bool, int], float] = {}
        self._known_numbers: dict[int, list[float]] = {}

    def learn(
        self,
        sites: NDArray[np.int32],
        numbers: NDArray[np.int64],
        unit_sites: NDArray[np.int32],
        shapes: NDArray[np.int32],
        first: NDArray[np.bool_],
    ) -> None:
        """Take in writes that are known.

        Args:
            sites: (w,) the site of each write.
            numbers: (w,) how many units it printed.
            unit_sites: (u,) the site of the write that printed each unit.
            shapes: (u,) what the unit looks like.
            first: (u,) whether it is the first of its write.
        """
        for (site, number), count in _counted(sites, numbers):
            self._numbers[site][number] += count
        self._printed = np.bincount(self._forms[shapes], minlength=1).tolist()
        for begins in (True, False):
            chosen = first == begins
            for (site, shape), count in _counted(unit_sites[chosen], shapes[chosen]):
                self._looks[site, begins][shape] += count
                self._wide[site, begins][self._form[shape]] += count
        self._pool()
        self._known_looks.clear()
        self._known_numbers.clear()

    def _pool(self) -> None:
        """Take what sites do on the whole for what one of which little is known does."""
        for habit, base in _PRIORS.items():
            theirs = [seen for site, seen in self._numbers.items() if self._habit[site] == habit]
            numbers = {number for seen in theirs for number in seen} | set(range(_LIKELY + 1))
            shares = {
                number: sum(seen[number] / seen.total() for seen in theirs) for number in numbers
            }
            weight = len(theirs) + _PRIOR_SITES
            self._priors[habit] = {
                number: (share + _PRIOR_SITES * _prior(base, number)) / weight
                for number, share in shares.items()
            }

    def numbers(self, site: int) -> list[float]:
        """Return how likely a write of a site prints 0, 1, 2 … units, as far as it may."""
        known = self._known_numbers.get(site)
        if known is None:
            seen = self._numbers.get(site) or Counter()
            prior = self._prior_of(site)
            total = seen.total() + _PRIOR_WEIGHT
            most = max(max(seen, default=0) + 1, len(prior) - 1)
            known = [
                log((seen[number] + _PRIOR_WEIGHT * _prior(prior, number)) / total)
                for number in range(most + 1)
            ]
            if seen.total() > _FEW and len(seen) == 1:
                # Sites that always do the same are a kind of their own.
                steady = min(_STEADY, (seen.total() - _FEW) / 8)
                known = [
                    score if number in seen else score - steady
                    for number, score in enumerate(known)
                ]
            faithful = _FAITHFUL.get(Habit(self._habit[site]))
            if faithful is not None and 2 * seen[0] < seen.total() + _PRIOR_WEIGHT:
                known[0] = min(known[0], faithful)
            self._known_numbers[site] = known
        return known

    def _prior_of(self, site: int) -> dict[int, float]:
        """Return how likely a write prints 0, 1, 2 … units, from its like and from sums."""
        habit = Habit(self._habit[site])
        rate = min(self._rates[site], 3.0 * _LIKELY)
        usual = self._priors[habit]
        most = max(_LIKELY, ceil(rate) + 1)
        prior = {number: _prior(usual, number) for number in range(most + 1)}
        if habit != Habit.SURE and rate < 1.0:
            silent = max(prior[0], min(1.0 - rate, 0.995))
            loud = (1.0 - silent) / max(1.0 - prior[0], 1e-9)
            prior = {number: share * loud for number, share in prior.items()} | {0: silent}
        elif rate >= _SEVERAL_RATE:
            prior[round(rate)] += 0.5
        return prior

    def printed(self, shape: int) -> int:
        """Return how many units alike but for their letters are known to be some site's."""
        form = self._form[shape]
        return self._printed[form] if form < len(self._printed) else 0

    def is_new(self, site: int, shape: int, first: bool) -> bool:
        """Return whether a site that always prints a few forms has not printed this one before.

        Once does not count: that may be the very unit that is asked about.
        """
        seen = self._wide.get((site, first))
        if seen is None or seen[self._form[shape]] > 1:
            return False
        total = seen.total()
        return total >= _SETTLED and sum(n == 1 for n in seen.values()) < _SURPRISES * total

    def look(self, site: int, shape: int, first: bool) -> float:
        """Return how much more likely a unit of this shape is at this site than elsewhere."""
        key = (site, first, shape)
        known = self._known_looks.get(key)
        if known is None:
            seen = self._looks.get((site, first))
            if seen is None:
                known = 0.0
            else:
                total = seen.total()
                form = self._form[shape]
                wide = self._wide[site, first][form]
                # New words in the usual form are no surprise.
                known = _ratio(wide, total, int(self._common_forms[form]) / self._units) - _NEW
                if shape in seen:
                    narrow = _ratio(seen[shape], total, int(self._common[shape]) / self._units)
                    known = max(known, narrow)
                known = max(-_MOST, min(_MOST, known))
            self._known_looks[key] = known
        return known


def _ratio(count: int, total: int, common: float) -> float:
    if not count:
        # What is rare everywhere may well be missing here.
        return -log(1.0 + _MISSED * total * common)
    return log((count + common) / ((total + 1.0) * common))


def _prior(prior: Mapping[int, float], number: int) -> float:
    known = prior.get(number)
    return _SEVERAL / 2.0 ** (min(number, 40) - 2) if known is None else known


def _counted(
    one: NDArray[np.int32], other: NDArray[np.int32] | NDArray[np.int64]
) -> list[tuple[tuple[int, int], int]]:
    """Return each distinct pair of two columns, and how often it is there."""
    if not len(one):
        return []
    pairs = one.astype(np.int64) << 32 | other.astype(np.int64)
    distinct, counts = np.unique(pairs, return_counts=True)
    lows = (distinct & 0xFFFFFFFF).tolist()
    highs = (distinct >> 32).tolist()
    return [((a, b), n) for a, b, n in zip(highs, lows, counts.tolist(), strict=True)]
