"""Pairs units of output with the writes that printed them.

Problem: output and writes are two sequences in (nearly) the same order, without a common key. A
wrong pair would show a line at a wrong time and on a wrong goroutine, so a pair is called certain
only where no other assignment comes near.

Idea, from the certain to the likely:

1. Anchors: what package testing formats is recognised on both sides. A key that is as frequent
   among the units as among the writes pairs off one by one, and splits the run into gaps.
2. Exact sums: gaps in which every site prints what it always prints (``exact_sums``).
3. Beam search in the remaining gaps (``beam_search``), with an emission model of sites and a token
   model of goroutines that are learned anew from the certain pairs of each round. The margin that
   is demanded falls from round to round, as the models grow better.
4. Rejection: pairs beside an implausible one, or where a line may have been interrupted
   (``interrupted_lines``), are not certain.

Why not the obvious way: one global alignment (Needleman-Wunsch) has no use for overlapping writes
and gives a best path, not the distance to the second best; without the rounds the model of a site
would have to be known beforehand.

The constants of this module, and of those that refer to it, are chosen. Each was halved and doubled
alone on five captures: of the tests' truth program with recorded writes (Go 1.22.10; 1.23.9 beside
busy processors) all 9,856 lines that name their writer are certain, of the same without (Go
1.22.10; 1.27.3 beside busy processors) 9,565 of 9,832, of the tests of os/exec (Go 1.26.6) 543 of
544 lines. Those that show no effect were partly measured before units without a token had a score,
with 9,268 instead of 9,565. Nothing made a certain line a wrong one, and the numbers stay the same,
except where a constant states otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Keys, find_anchors, latest_starts, without_overlap
from flakecore.alignment.beam_search import NO_WRITE, SearchSegment, solve
from flakecore.alignment.exact_sums import gaps_between, pair_exact_gaps
from flakecore.alignment.interrupted_lines import are_interrupted
from flakecore.alignment.models.emission_model import EmissionModel
from flakecore.alignment.models.token_scores import TokenScores
from flakecore.alignment.models.transition_scores import Sequences, TransitionScores
from flakecore.alignment.models.unit_counts import (
    GapSums,
    learn_counts,
    learn_rates,
    observed_counts,
)
from flakecore.alignment.units import OutputWrites, Units
from flakecore.alignment.writers import WriteKind

CERTAIN_MARGIN = 7.5
"""Margin in nats from which on a pair is certain: odds of 1,800 to 1. Doubled, 4 lines fewer are
certain without recorded writes."""
_ROUND_MARGINS = (15.0, 12.0, 10.0, CERTAIN_MARGIN, CERTAIN_MARGIN, CERTAIN_MARGIN)
"""The margin of each round: the models of the first rounds rest on little. All doubled, 1,274 lines
fewer are certain with recorded writes, and 1,366 without."""
_REVIEW_ROUND = 4
"""The round in which gaps without uncertain units are searched again, with the grown models."""
_MAX_SEARCHED_WRITES = 60_000
"""Writes that are searched at most; units of later gaps stay unpaired, so that the time
of a search is bounded."""
_MOST_UNITS_A_WRITE = 18
"""Units that a write may have a prior for (``emission_model``): a gap with more than so many for
each of its writes holds units that no write of it printed, such as a child process's, or the many
packets of writes of a megabyte."""
_MAX_PASSED = 1 << 14
"""Writes times units that are searched in all such gaps: each unit is passed over by itself before
each write. A search took 0.2 ms each, with 2 to 16 writes of a megabyte."""
_RIVAL_MARGIN = 10.0
"""Margin in nats to a path on which no write printed a unit, from which on a goroutine that
writes alone in a gap is taken to have printed it."""
_IMPLAUSIBLE_SCORE = -6.5
"""Score in nats of a number of units below which a best path is implausible."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which write printed each unit; every column (units,).

    Attributes:
        write: int64, index of the likeliest write; -1 for none.
        certain: bool, whether no other assignment comes near.
        goroutine: int64, the goroutine that printed it, also where only that is certain; else 0.
    """

    write: NDArray[np.int64]
    certain: NDArray[np.bool_]
    goroutine: NDArray[np.int64]


def match(
    units: Units,
    writes: OutputWrites,
    keys: Keys,
    *,
    by_line: bool,
    zero_wall_ns: int | None,
    complete: bool,
) -> Pairs:
    """Pair units with writes.

    Args:
        units: in the order in which they were read.
        writes: in the order in which they began.
        keys: of both.
        by_line: whether a unit is a whole line, not a packet.
        zero_wall_ns: the units' wall clock at the trace's time 0; None if the trace lacks it.
        complete: whether the trace reaches to the end of the tests.
    """
    return _Matching(units, writes, keys, by_line, zero_wall_ns, complete).pairs()


class _Matching:
    """The state of one pairing: its inputs, the models, and the pairs found so far."""

    def __init__(
        self,
        units: Units,
        writes: OutputWrites,
        keys: Keys,
        by_line: bool,
        zero_wall_ns: int | None,
        complete: bool,
    ) -> None:
        self._units = units
        self._writes = writes
        self._keys = keys
        self._by_line = by_line
        self._complete = complete
        self._anchors = find_anchors(keys, writes)
        self._without_overlap = without_overlap(writes)
        next_may_continue = np.append(units.may_continue[1:], False)
        self._sequences = Sequences(
            units,
            writes,
            keys,
            by_line,
            latest=latest_starts(self._anchors, units.wall_ns, writes.start, zero_wall_ns),
            may_be_split=np.zeros(len(units), np.bool_) if by_line else next_may_continue,
        )
        self._gaps = gaps_between(self._anchors, len(units), len(writes))
        sums = GapSums(
            self._gaps.of_write,
            writes.site,
            np.bincount(self._gaps.of_unit[~units.foreign], minlength=self._gaps.count),
            keys.min_units,
            keys.max_units,
            writes.prior_class,
        )
        self._counts = learn_counts(sums)
        self._owner = np.full(len(units), NO_WRITE, np.int64)
        self._certain = np.zeros(len(units), np.bool_)
        self._goroutine = np.zeros(len(units), np.int64)
        self._rates = learn_rates(sums)
        self._emissions = EmissionModel(
            units.shapes, writes.prior_class, self._rates, by_line=by_line
        )
        self._tokens = TokenScores(units.tokens, writes.goroutine)

    def pairs(self) -> Pairs:
        """Return the pairs."""
        exact = pair_exact_gaps(self._sequences, self._gaps, self._counts, self._rates)
        self._owner[exact.units] = exact.owner
        self._certain[exact.units] = True
        self._learn()
        done = exact.exact
        done[self._gaps_with_outliers()] = False
        remaining = np.flatnonzero(~done)
        if len(remaining):
            self._search_gaps(remaining)
        rejected = are_interrupted(self._owner, self._units, self._writes) & (self._keys.units == 0)
        self._certain &= ~rejected
        self._goroutine[rejected] = 0
        self._owner[self._units.foreign] = NO_WRITE
        self._certain &= self._owner >= 0
        owned = self._certain
        self._goroutine[owned] = self._writes.goroutine[self._owner[owned]]
        return Pairs(self._owner, self._certain, self._goroutine)

    def _gaps_with_outliers(self) -> NDArray[np.int64]:
        """Return the gaps with a certain unit that is an outlier for its site or goroutine."""
        rows = np.flatnonzero(self._certain & (self._keys.units == 0))
        owner = self._owner[rows]
        rows = rows[self._keys.kind[owner] == WriteKind.ANYTHING]
        owner = self._owner[rows]
        first = self._owner[rows - 1] != owner
        columns = zip(rows.tolist(), owner.tolist(), first.tolist(), strict=True)
        found = [unit for unit, write, begins in columns if self._is_outlier(unit, write, begins)]
        return np.unique(self._gaps.of_unit[found]) if found else np.zeros(0, np.int64)

    def _is_outlier(self, unit: int, write: int, first: bool) -> bool:
        """Return whether a unit is unlike what a write's site, or its goroutine, prints."""
        site, shape = int(self._writes.site[write]), int(self._units.shapes.of[unit])
        if self._by_line and self._emissions.is_outlier(site, shape, first):
            return True
        return self._tokens.rules_out(unit, int(self._writes.goroutine[write]))

    def _learn(self) -> None:
        """Estimate both models anew from all certain pairs."""
        writes, units = self._writes, self._units
        rows = np.flatnonzero(self._certain)
        owner = self._owner[rows]
        first = np.ones(len(rows), np.bool_)
        first[1:] = owner[1:] != owner[:-1]
        counted, counts = observed_counts(self._owner, self._certain, self._without_overlap)
        site = writes.site
        self._emissions.reset()
        self._emissions.learn(site[counted], counts, site[owner], units.shapes.of[rows], first)
        free_text = np.isin(self._keys.kind[owner], (WriteKind.ANYTHING, WriteKind.LOG))
        self._tokens.learn(rows[free_text], writes.goroutine[owner[free_text]])

    def _search_gaps(self, remaining: NDArray[np.int64]) -> None:
        """Search gaps in rounds, each with the models of the round before."""
        order = np.arange(self._gaps.count)
        first_write = np.searchsorted(self._gaps.of_write, order)
        last_write = np.searchsorted(self._gaps.of_write, order, side="right")
        first_unit = np.searchsorted(self._gaps.of_unit, order)
        last_unit = np.searchsorted(self._gaps.of_unit, order, side="right")
        searched = remaining[(last_unit > first_unit)[remaining]]
        total = np.cumsum((last_write - first_write)[searched])
        searched = searched[total <= _MAX_SEARCHED_WRITES]
        of_gap, within = (last_write - first_write)[searched], (last_unit - first_unit)[searched]
        passed = np.cumsum(np.where(within > _MOST_UNITS_A_WRITE * of_gap, of_gap * within, 0))
        searched = searched[passed <= _MAX_PASSED]
        for nth, margin in enumerate(_ROUND_MARGINS):
            before = self._certain.copy()
            chosen = searched
            if nth != _REVIEW_ROUND:
                # A gap without uncertain units is not searched again.
                uncertain = np.flatnonzero(~self._certain & ~self._units.foreign)
                chosen = searched[np.isin(searched, self._gaps.of_unit[uncertain])]
            for gap in chosen.tolist():
                self._search_gap(
                    gap,
                    slice(int(first_write[gap]), int(last_write[gap])),
                    slice(int(first_unit[gap]), int(last_unit[gap])),
                    margin,
                )
            self._certain &= self._owner >= 0
            if nth > _REVIEW_ROUND and np.array_equal(before, self._certain):
                break
            self._learn()
        for gap in np.union1d(searched, self._gaps_with_outliers()).tolist():
            units = slice(int(first_unit[gap]), int(last_unit[gap]))
            writes = slice(int(first_write[gap]), int(last_write[gap]))
            rejected = self._implausible(units, writes)
            if rejected.any():
                self._search_gap(gap, writes, units, CERTAIN_MARGIN, wide=True)
                rejected = self._implausible(units, writes)
            self._certain[units] &= ~rejected
            self._goroutine[units] *= ~rejected

    def _search_gap(
        self, gap: int, writes: slice, units: slice, margin: float, *, wide: bool = False
    ) -> None:
        """Find the best path through one gap and take what it gives with this margin."""
        scores = TransitionScores(self._sequences, self._emissions, self._tokens, writes, units)
        # Lines do not constrain enough to consider that a write lasted until its latest end.
        latest_end = self._writes.end if self._by_line else self._writes.latest_end
        result = solve(
            SearchSegment(
                starts=self._writes.start[writes].tolist(),
                ends=self._writes.end[writes].tolist(),
                latest_ends=latest_end[writes].tolist(),
                units=units.stop - units.start,
                options=scores.options,
                count_scores=[
                    scores.count_scores(write) for write in range(writes.stop - writes.start)
                ],
                baselines=[
                    baseline + own
                    for baseline, own in zip(scores.baselines, scores.own_scores, strict=True)
                ],
                foreign=self._units.foreign[units].tolist(),
                may_be_split=self._sequences.may_be_split[units].tolist(),
                open_start=gap == 0,
                open_end=gap == self._gaps.count - 1 and not self._complete,
            ),
            wide=wide,
        )
        if result is None:
            self._owner[units] = NO_WRITE
            self._certain[units] = False
            return
        owner = np.array(result.owner, np.int64)
        self._owner[units] = np.where(owner >= 0, owner + writes.start, NO_WRITE)
        self._certain[units] = (np.array(result.margin) >= margin) & (owner >= 0)
        goroutines = self._writes.goroutine[writes].tolist()
        only_one = len(set(goroutines)) == 1
        if not only_one and result.pruned_distance < CERTAIN_MARGIN:
            return
        for at in np.flatnonzero(~self._certain[units] & (owner >= 0)).tolist():
            # Where one goroutine writes alone, only a foreign unit remains to be ruled out.
            near = [
                each
                for each, distance in result.rivals[at]
                if not only_one or distance < _RIVAL_MARGIN
            ]
            owners = {result.owner[at], *near}
            candidates = {goroutines[each] if each >= 0 else 0 for each in owners}
            if len(candidates) == 1:
                self._goroutine[units.start + at] = candidates.pop()

    def _implausible(self, units: slice, writes: slice) -> NDArray[np.bool_]:
        """Return (units of a gap,) where the best path has a low score and all others a lower one.

        An assumption does not hold there: another process wrote into the middle of a line, or a
        program printed what package testing prints.
        """
        owner = self._owner[units]
        site, kind = self._writes.site, self._keys.kind
        counts = np.bincount(owner[owner >= 0] - writes.start, minlength=writes.stop - writes.start)
        unlikely = np.zeros(len(counts), np.bool_)
        for nth, count in enumerate(counts.tolist()):
            write = writes.start + nth
            if kind[write] == WriteKind.ANYTHING:
                scores = self._emissions.count_scores(int(site[write]))
                unlikely[nth] = count >= len(scores) or scores[count] < _IMPLAUSIBLE_SCORE
            else:
                unlikely[nth] = not count and self._keys.min_units[write] > 0
        rejected = np.zeros(len(owner), np.bool_)
        for at, write in enumerate(owner.tolist()):
            if write < 0 or self._keys.units[units.start + at]:
                continue
            near = unlikely[max(write - writes.start - 1, 0) : write - writes.start + 2].any()
            free_text = kind[write] == WriteKind.ANYTHING and not self._keys.single_line[write]
            first = not at or owner[at - 1] != write
            if near or (free_text and self._is_outlier(units.start + at, write, first)):
                rejected[max(at - 2, 0) : at + 3] = True
        rejected &= self._keys.units[units] == 0
        return rejected
