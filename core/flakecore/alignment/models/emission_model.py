"""Emission model: how many units a write of each call site prints, and of which shape.

Problem: a stack trace shows who wrote, not what. Between two anchors, which of several sites
printed a unit (a line of output, or a packet where writes were recorded) must follow from what
each site printed elsewhere.

Idea: a categorical distribution a site over the number of units of a write, and a likelihood ratio
over the shapes of units, both estimated from writes that are paired for certain and smoothed by
priors: of the site's class of print call, of the mean number of units that sums yield
(``unit_counts``), and of how common a shape is in all output. All scores are in nats.

Why not the obvious way: maximum likelihood alone gives an unseen count or shape probability 0, and
most sites are seen a few times only. A shape is compared at two widths (24 characters, and its
first 10 without letters) since sites print new words in the same form.

The constants are chosen. Each was halved and doubled alone (the entries of a table together) on one
capture of the tests' truth program (Go 1.25.5, 4,729 lines, writes not recorded), of which 98.837 %
are paired for certain and none of them wrongly. These figures do not move, except where a constant
states otherwise.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import ceil, log

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.units import Shapes
from flakecore.alignment.writers import PriorClass

_PRIORS = {
    PriorClass.PRINTLN: {1: 0.97, 0: 1e-6},
    PriorClass.PRINT: {1: 0.8, 0: 0.1},
    PriorClass.WHOLE_LINES: {1: 0.85, 0: 0.1},
    PriorClass.UNKNOWN: {1: 0.6, 0: 0.3},
}
"""Probability of 1 and of 0 units a write; chosen, and replaced by the pooled counts of the sites
of a class as soon as there are any."""
_MAX_SILENT_SCORE = {PriorClass.PRINTLN: -12.0, PriorClass.WHOLE_LINES: -5.0}
"""Highest score in nats of printing nothing at a site that prints more often than not."""
_PRIOR_TWO_UNITS = 0.02
"""Prior probability of two units a write; it halves with each further unit."""
_PRIOR_WEIGHT = 1.0
"""Writes that the prior counts for."""
_STEADY_FROM = 5
"""A site with more than this many writes, all of one number of units, is steady."""
_MAX_STEADY_PENALTY = 5.0
"""Subtracted from any other number at a steady site with 45 writes or more, in nats; it grows
linearly up to there. Halved, 98.816 % of the lines are certain."""
_NEW_SHAPE_PENALTY = 1.0
"""Subtracted from the score of a unit's form, in nats; the score of its shape may be higher."""
_MISSING_WEIGHT = 10.0
"""Expected occurrences of an unseen form count this many times."""
_MIN_OBSERVED = 20
"""Units of a site from which on an unseen form is an outlier."""
_MAX_SINGLETON_SHARE = 0.05
"""Share of a site's units with a form of their own below which it has a closed set of forms."""
_SEVERAL_UNITS_RATE = 1.6
"""Mean units a write, from sums, from which on the rounded mean gets half of the prior.
Doubled, 98.964 % of the lines are certain."""
_CLASS_PRIOR_SITES = 2.0
"""Sites that the prior of a class counts for when its sites are pooled."""
_PRIOR_UNITS = 6
"""Largest number of units that has a prior at every site."""
_MAX_SHAPE_SCORE = 6.0
"""Bound on the score of one unit's shape, for or against a site, in nats."""


class EmissionModel:
    """Counts of units and of shapes by call site; scores are natural logarithms."""

    def __init__(
        self,
        shapes: Shapes,
        prior_class: NDArray[np.uint8],
        rates: NDArray[np.float64],
        *,
        by_line: bool,
    ) -> None:
        """Begin with the priors alone.

        Args:
            shapes: of all units, paired or not; they give how common each shape is.
            prior_class: (sites,) ``PriorClass``.
            rates: (sites,) mean units a write, estimated from sums.
            by_line: whether a unit is a whole line, not a packet. A packet is what one write
                printed, so what is unseen at a site has the Good-Turing probability there; a
                line may be glued together from the texts of several writes.
        """
        self._by_line = by_line
        self._rates = rates.tolist()
        self._class = prior_class.tolist()
        self._priors = {each: dict(prior) for each, prior in _PRIORS.items()}
        self._shape_totals = np.bincount(shapes.of, minlength=1)
        self._forms = shapes.form
        self._form = shapes.form.tolist()
        self._form_totals = np.bincount(shapes.form[shapes.of], minlength=1)
        self._units = max(len(shapes.of), 1)
        self.reset()

    def reset(self) -> None:
        """Discard everything that was learned."""
        self._form_counts: list[int] = []
        self._unit_counts: defaultdict[int, Counter[int]] = defaultdict(Counter)
        self._shape_counts: defaultdict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
        self._site_forms: defaultdict[tuple[int, bool], Counter[int]] = defaultdict(Counter)
        self._shape_scores: dict[tuple[int, bool, int], float] = {}
        self._unseen_scores: dict[tuple[int, bool], float] = {}
        self._count_scores: dict[int, list[float]] = {}

    def learn(
        self,
        sites: NDArray[np.int32],
        counts: NDArray[np.int64],
        unit_sites: NDArray[np.int32],
        shapes: NDArray[np.int32],
        first: NDArray[np.bool_],
    ) -> None:
        """Add writes and units that are paired for certain.

        Args:
            sites: (w,) the site of each write.
            counts: (w,) number of units it printed.
            unit_sites: (u,) the site of the write that printed each unit.
            shapes: (u,) the unit's shape.
            first: (u,) whether it is the first unit of its write.
        """
        for (site, number), count in _count_pairs(sites, counts):
            self._unit_counts[site][number] += count
        self._form_counts = np.bincount(self._forms[shapes], minlength=1).tolist()
        for is_first in (True, False):
            chosen = first == is_first
            for (site, shape), count in _count_pairs(unit_sites[chosen], shapes[chosen]):
                self._shape_counts[site, is_first][shape] += count
                self._site_forms[site, is_first][self._form[shape]] += count
        self._pool_priors()
        self._shape_scores.clear()
        self._unseen_scores.clear()
        self._count_scores.clear()

    def _pool_priors(self) -> None:
        """Set the prior of each class to the mean distribution of its sites."""
        for each, base in _PRIORS.items():
            counters = [
                seen for site, seen in self._unit_counts.items() if self._class[site] == each
            ]
            numbers = {number for seen in counters for number in seen} | set(
                range(_PRIOR_UNITS + 1)
            )
            shares = {
                number: sum(seen[number] / seen.total() for seen in counters) for number in numbers
            }
            weight = len(counters) + _CLASS_PRIOR_SITES
            self._priors[each] = {
                number: (share + _CLASS_PRIOR_SITES * _prior_at(base, number)) / weight
                for number, share in shares.items()
            }

    def count_scores(self, site: int) -> list[float]:
        """Return the log probabilities that a write of a site prints 0, 1, 2 … units.

        The list ends with the largest number that is considered; at least two entries.
        """
        scores = self._count_scores.get(site)
        if scores is None:
            seen = self._unit_counts.get(site) or Counter()
            prior = self._prior_of(site)
            total = seen.total() + _PRIOR_WEIGHT
            most = max(max(seen, default=0) + 1, len(prior) - 1)
            scores = [
                log((seen[number] + _PRIOR_WEIGHT * _prior_at(prior, number)) / total)
                for number in range(most + 1)
            ]
            if seen.total() > _STEADY_FROM and len(seen) == 1:
                # A site without any variance is not a sample of its class.
                penalty = min(_MAX_STEADY_PENALTY, (seen.total() - _STEADY_FROM) / 8)
                scores = [
                    score if number in seen else score - penalty
                    for number, score in enumerate(scores)
                ]
            limit = _MAX_SILENT_SCORE.get(PriorClass(self._class[site]))
            if limit is not None and 2 * seen[0] < seen.total() + _PRIOR_WEIGHT:
                scores[0] = min(scores[0], limit)
            self._count_scores[site] = scores
        return scores

    def _prior_of(self, site: int) -> dict[int, float]:
        """Return the prior probability of each number of units, by the site's class and rate."""
        prior_class = PriorClass(self._class[site])
        rate = min(self._rates[site], 3.0 * _PRIOR_UNITS)
        pooled = self._priors[prior_class]
        most = max(_PRIOR_UNITS, ceil(rate) + 1)
        prior = {number: _prior_at(pooled, number) for number in range(most + 1)}
        if prior_class != PriorClass.PRINTLN and rate < 1.0:
            none = max(prior[0], min(1.0 - rate, 0.995))
            scale = (1.0 - none) / max(1.0 - prior[0], 1e-9)
            prior = {number: share * scale for number, share in prior.items()} | {0: none}
        elif rate >= _SEVERAL_UNITS_RATE:
            prior[round(rate)] += 0.5
        return prior

    def form_count(self, shape: int) -> int:
        """Return how many certain units have the form of a shape."""
        form = self._form[shape]
        return self._form_counts[form] if form < len(self._form_counts) else 0

    def is_outlier(self, site: int, shape: int, first: bool) -> bool:
        """Return whether a site with a closed set of forms has printed this form at most once.

        Once does not count as seen: it may be the very unit that is asked about.
        """
        seen = self._site_forms.get((site, first))
        if seen is None or seen[self._form[shape]] > 1:
            return False
        total = seen.total()
        singletons = sum(n == 1 for n in seen.values())
        return total >= _MIN_OBSERVED and singletons < _MAX_SINGLETON_SHARE * total

    def shape_score(self, site: int, shape: int, first: bool) -> float:
        """Return the log likelihood ratio of a unit's shape at a site against all output.

        Args:
            site: index of the site.
            shape: index of the shape.
            first: whether the unit is the first of its write.
        """
        key = (site, first, shape)
        score = self._shape_scores.get(key)
        if score is None:
            seen = self._shape_counts.get((site, first))
            if seen is None:
                score = 0.0
            else:
                total = seen.total()
                form = self._form[shape]
                count = self._site_forms[site, first][form]
                common = int(self._form_totals[form]) / self._units
                score = _log_ratio(count, total, common) - _NEW_SHAPE_PENALTY
                if not count and not self._by_line:
                    score = min(score, self._unseen_score(site, first))
                if shape in seen:
                    common = int(self._shape_totals[shape]) / self._units
                    score = max(score, _log_ratio(seen[shape], total, common))
                score = max(-_MAX_SHAPE_SCORE, min(_MAX_SHAPE_SCORE, score))
            self._shape_scores[key] = score
        return score

    def _unseen_score(self, site: int, first: bool) -> float:
        """Return the log likelihood ratio of any form that was not seen at a site.

        By Good and Turing, forms that n units have not shown, m of which have a form of their own,
        share a probability of about (m + 1) / (n + 1). In all output they share the frequency of
        the forms that the site lacks.
        """
        key = (site, first)
        score = self._unseen_scores.get(key)
        if score is None:
            seen = self._site_forms[key]
            singletons = sum(n == 1 for n in seen.values())
            elsewhere = self._units - int(self._form_totals[list(seen)].sum())
            share = max(elsewhere, 1) / self._units
            score = log((singletons + 1) / ((seen.total() + 1) * share))
            self._unseen_scores[key] = score
        return score


def _log_ratio(count: int, total: int, common: float) -> float:
    """Return the smoothed log of a share within a site over its share in all output."""
    if not count:
        # What is rare in all output may be missing here by chance.
        return -log(1.0 + _MISSING_WEIGHT * total * common)
    return log((count + common) / ((total + 1.0) * common))


def _prior_at(prior: Mapping[int, float], number: int) -> float:
    """Return the prior probability of a number of units, with a geometric tail."""
    share = prior.get(number)
    return _PRIOR_TWO_UNITS / 2.0 ** (min(number, 40) - 2) if share is None else share


def _count_pairs(
    one: NDArray[np.int32], other: NDArray[np.int32] | NDArray[np.int64]
) -> list[tuple[tuple[int, int], int]]:
    """Return each distinct pair of two columns (n,), and how often it occurs."""
    if not len(one):
        return []
    pairs = one.astype(np.int64) << 32 | other.astype(np.int64)
    distinct, counts = np.unique(pairs, return_counts=True)
    lows = (distinct & 0xFFFFFFFF).tolist()
    highs = (distinct >> 32).tolist()
    return [((a, b), n) for a, b, n in zip(highs, lows, counts.tolist(), strict=True)]
