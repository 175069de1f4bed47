"""Pairs units of output with the writes that printed them.

Both are in order, so what testing itself prints splits the run up: where a piece of it is there as
often among the units as among the writes, they pair off one by one, and are anchors. Between two
anchors few writes face few units. What each call site prints is learned from the gaps that leave
no choice; most others then add up (``adding``). What is left goes through a lattice of all ways
(``lattice``), with what has been learned as the judge. A unit is paired for sure only where no
other way comes near.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Keys, alone, find_anchors, latest_starts
from flakecore.alignment.beam_search import NOBODY, SearchSegment, solve
from flakecore.alignment.emission_model import EmissionModel
from flakecore.alignment.exact_sums import add_up, gaps_between
from flakecore.alignment.token_scores import TokenScores
from flakecore.alignment.transition_scores import Sides, TransitionScores
from flakecore.alignment.unit_counts import learn_counts, learn_rates
from flakecore.alignment.units import OutputWrites, Units
from flakecore.alignment.writers import WriteKind

SURE = 7.5
"""How far any other way must fall behind, in natural logarithms: a chance of one in 1,800."""
_DEMANDED = (15.0, 12.0, 10.0, SURE, SURE, SURE)
"""The same, round by round: what little is known at first must not lead astray."""
_REVIEW = 4
"""The round in which all is weighed anew, with all that has been learned."""
_WRITES_WEIGHED = 60_000
"""Writes that are sent through the lattice at most; units of the others stay unpaired."""
_RIVAL = 10.0
_STRAIN = -6.5
_MIXED = 8
"""Lines that come into the middle of another, at most."""
_MIXING_NS = 200_000
"""How long a write of several pages takes whose end is not told."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which write printed each unit; every column (n,).

    Attributes:
        write: int64, the likeliest; -1 for none.
        sure: bool, no other comes near.
        goroutine: int64, the goroutine that printed it even if the write is not sure; else 0.
    """

    write: NDArray[np.int64]
    sure: NDArray[np.bool_]
    goroutine: NDArray[np.int64]


def match(
    units: Units,
    writes: OutputWrites,
    keys: Keys,
    *,
    whole: bool,
    zero_ns: int | None,
    ended: bool,
) -> Pairs:
    """Pair units with writes.

    Args:
        units: in the order they were read.
        writes: in the order they began.
        keys: of both.
        whole: whether a unit is a whole line, not a packet.
        zero_ns: the units' wall clock at the trace's time 0, where the trace says it.
        ended: whether the trace reaches to the end of the tests.
    """
    return _Matching(units, writes, keys, whole, zero_ns, ended).pairs()


class _Matching:
    def __init__(
        self,
        units: Units,
        writes: OutputWrites,
        keys: Keys,
        whole: bool,
        zero_ns: int | None,
        ended: bool,
    ) -> None:
        self._units = units
        self._writes = writes
        self._keys = keys
        self._whole = whole
        self._ended = ended
        self._anchors = find_anchors(keys, writes)
        self._alone = alone(writes)
        joined = np.append(units.joined[1:], False)
        self._sides = Sides(
            units,
            writes,
            keys,
            whole,
            latest=latest_starts(self._anchors, units.wall_ns, writes.start, zero_ns),
            goes_on=np.zeros(len(units), np.bool_) if whole else joined,
        )
        self._gaps = gaps_between(self._anchors, len(units), len(writes))
        sums = (
            self._gaps.of_write,
            writes.site,
            np.bincount(self._gaps.of_unit[~units.stranger], minlength=self._gaps.count),
            keys.least,
            keys.most,
            writes.habit,
        )
        self._counts = learn_counts(*sums)
        self._owner = np.full(len(units), NOBODY, np.int64)
        self._sure = np.zeros(len(units), np.bool_)
        self._goroutine = np.zeros(len(units), np.int64)
        self._rates = learn_rates(*sums)
        self._habits = EmissionModel(units.shapes, writes.habit, self._rates)
        self._voices = TokenScores(units.words, writes.goroutine)

    def pairs(self) -> Pairs:
        added = add_up(self._sides, self._gaps, self._counts, self._rates)
        self._owner[added.units] = added.owner
        self._sure[added.units] = True
        self._learn()
        settled = added.settled
        settled[self._unlikely()] = False
        hard = np.flatnonzero(~settled)
        if len(hard):
            self._weigh(hard)
        self._doubt_mixed()
        self._owner[self._units.stranger] = NOBODY
        self._sure &= self._owner >= 0
        owned = self._sure
        self._goroutine[owned] = self._writes.goroutine[self._owner[owned]]
        return Pairs(self._owner, self._sure, self._goroutine)

    def _unlikely(self) -> NDArray[np.int64]:
        """Return the gaps of units that do not look like what their writes print."""
        rows = np.flatnonzero(self._sure & (self._keys.units == 0))
        owner = self._owner[rows]
        rows = rows[self._keys.printed[owner] == WriteKind.ANYTHING]
        owner = self._owner[rows]
        first = self._owner[rows - 1] != owner
        columns = zip(rows.tolist(), owner.tolist(), first.tolist(), strict=True)
        strange = [unit for unit, write, begins in columns if self._is_odd(unit, write, begins)]
        return np.unique(self._gaps.of_unit[strange]) if strange else np.zeros(0, np.int64)

    def _is_odd(self, unit: int, write: int, first: bool) -> bool:
        """Return whether a unit does not look like what a write prints, or who prints it."""
        site, shape = int(self._writes.site[write]), int(self._units.shapes.of[unit])
        if self._whole and self._habits.is_new(site, shape, first):
            return True
        return self._voices.is_another(unit, int(self._writes.goroutine[write]))

    def _learn(self) -> None:
        """Learn habits and voices anew from all that is sure."""
        writes, units = self._writes, self._units
        rows = np.flatnonzero(self._sure)
        owner = self._owner[rows]
        first = np.ones(len(rows), np.bool_)
        first[1:] = owner[1:] != owner[:-1]
        written, numbers = self._counted(rows, owner, first)
        site = writes.site
        self._habits.forget()
        self._habits.learn(site[written], numbers, site[owner], units.shapes.of[rows], first)
        says = np.isin(self._keys.printed[owner], (WriteKind.ANYTHING, WriteKind.LOG))
        self._voices.learn(rows[says], writes.goroutine[owner[says]])

    def _counted(
        self, rows: NDArray[np.int64], owner: NDArray[np.int64], first: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return writes of which it is sure how many units they printed, and how many."""
        if not len(rows):
            return rows, rows
        begins = np.flatnonzero(first)
        ends = np.append(begins[1:], len(rows))
        # A run of units counts if those before and behind it are sure as well.
        before = np.append(True, rows[begins[1:]] == rows[begins[1:] - 1] + 1)
        behind = np.append(before[1:], True)
        whole = before & behind
        one, other = owner[begins[:-1]], owner[begins[1:]]
        skipped = np.where(before[1:], np.maximum(other - one - 1, 0), 0)
        # Numbered from the write behind the one to the write before the other.
        silent = np.repeat(one + 1, skipped) + np.arange(skipped.sum())
        silent -= np.repeat(np.cumsum(skipped) - skipped, skipped)
        silent = silent[~np.isin(silent, self._owner) & self._alone[silent]]
        written = np.concatenate([owner[begins[whole]], silent])
        numbers = np.concatenate([(ends - begins)[whole], np.zeros(len(silent), np.int64)])
        return written, numbers

    def _weigh(self, hard: NDArray[np.int64]) -> None:
        """Send gaps through the lattice, several times: each round knows what the last found."""
        order = np.arange(self._gaps.count)
        first_write = np.searchsorted(self._gaps.of_write, order)
        last_write = np.searchsorted(self._gaps.of_write, order, side="right")
        first_unit = np.searchsorted(self._gaps.of_unit, order)
        last_unit = np.searchsorted(self._gaps.of_unit, order, side="right")
        busy = hard[(last_unit > first_unit)[hard]]
        busy = busy[np.cumsum((last_write - first_write)[busy]) <= _WRITES_WEIGHED]
        for nth, demanded in enumerate(_DEMANDED):
            before = self._sure.copy()
            chosen = busy
            if nth != _REVIEW:
                # What is sure already stays so, whatever else is learned.
                unsure = np.flatnonzero(~self._sure & ~self._units.stranger)
                chosen = busy[np.isin(busy, self._gaps.of_unit[unsure])]
            for gap in chosen.tolist():
                self._weigh_gap(
                    gap,
                    slice(int(first_write[gap]), int(last_write[gap])),
                    slice(int(first_unit[gap]), int(last_unit[gap])),
                    demanded,
                )
            self._sure &= self._owner >= 0
            if nth > _REVIEW and np.array_equal(before, self._sure):
                break
            self._learn()
        for gap in np.union1d(busy, self._unlikely()).tolist():
            units = slice(int(first_unit[gap]), int(last_unit[gap]))
            writes = slice(int(first_write[gap]), int(last_write[gap]))
            strained = self._strained(units, writes)
            if strained.any():
                self._weigh_gap(gap, writes, units, SURE, widely=True)
                strained = self._strained(units, writes)
            self._sure[units] &= ~strained
            self._goroutine[units] *= ~strained

    def _weigh_gap(
        self, gap: int, writes: slice, units: slice, demanded: float, *, widely: bool = False
    ) -> None:
        """Find the likeliest way in one gap."""
        options = TransitionScores(self._sides, self._habits, self._voices, writes, units)
        # Of lines it is told too little to reckon with what is unlikely, too.
        over = self._writes.end if self._whole else self._writes.over
        strangers = self._units.stranger[units].tolist()
        verdict = solve(
            SearchSegment(
                starts=self._writes.start[writes].tolist(),
                ends=self._writes.end[writes].tolist(),
                over=over[writes].tolist(),
                units=units.stop - units.start,
                options=options.of,
                numbers=[options.numbers(write) for write in range(writes.stop - writes.start)],
                pars=[par + odd for par, odd in zip(options.pars, options.strange, strict=True)],
                strangers=strangers,
                goes_on=self._sides.goes_on[units].tolist(),
                open_start=gap == 0,
                open_end=gap == self._gaps.count - 1 and not self._ended,
            ),
            widely=widely,
        )
        if verdict is None:
            self._owner[units] = NOBODY
            self._sure[units] = False
            return
        owner = np.array(verdict.owner, np.int64)
        self._owner[units] = np.where(owner >= 0, owner + writes.start, NOBODY)
        self._sure[units] = (np.array(verdict.margin) >= demanded) & (owner >= 0)
        speakers = self._writes.goroutine[writes].tolist()
        alone = len(set(speakers)) == 1
        if not alone and verdict.given_up < SURE:
            return
        for at in np.flatnonzero(~self._sure[units] & (owner >= 0)).tolist():
            # Where one goroutine prints alone, only that nobody did is to be ruled out.
            rivals = [each for each, behind in verdict.rivals[at] if not alone or behind < _RIVAL]
            everyone = {verdict.owner[at], *rivals}
            theirs = {speakers[each] if each >= 0 else 0 for each in everyone}
            if len(theirs) == 1:
                self._goroutine[units.start + at] = theirs.pop()

    def _doubt_mixed(self) -> None:
        """Doubt what lies around a long line while whose write others wrote as well.

        A pipe takes no more than a page at once, so what they print comes into the line's middle:
        lines are glued together, and one more begins with the rest.
        """
        writes = self._writes
        over = np.minimum(writes.over, np.maximum(writes.end, writes.start + _MIXING_NS))
        under_way = np.maximum.accumulate(np.append(0, over))
        for unit in np.flatnonzero(self._units.parted).tolist():
            write = int(self._owner[unit])
            if write < 0:
                last = unit + _MIXED
            else:
                begun = int(np.searchsorted(writes.start, over[write]))
                if begun == write + 1 and under_way[write] <= writes.start[write]:
                    continue
                last = unit + min(begun - write, _MIXED)
            around = slice(unit, last + 1)
            doubted = self._keys.units[around] == 0
            self._sure[around] &= ~doubted
            self._goroutine[around][doubted] = 0

    def _strained(self, units: slice, writes: slice) -> NDArray[np.bool_]:
        """Return where the likeliest way is hard to believe, and only all others are worse.

        Something is not as it is taken to be there: somebody wrote into the middle of a line, or
        what looks like testing's own is a program's.
        """
        owner = self._owner[units]
        site, printed = self._writes.site, self._keys.printed
        numbers = np.bincount(
            owner[owner >= 0] - writes.start, minlength=writes.stop - writes.start
        )
        odd = np.zeros(len(numbers), np.bool_)
        for nth, number in enumerate(numbers.tolist()):
            write = writes.start + nth
            if printed[write] == WriteKind.ANYTHING:
                known = self._habits.numbers(int(site[write]))
                odd[nth] = number >= len(known) or known[number] < _STRAIN
            else:
                odd[nth] = not number and self._keys.least[write] > 0
        strained = np.zeros(len(owner), np.bool_)
        for at, write in enumerate(owner.tolist()):
            if write < 0 or self._keys.units[units.start + at]:
                continue
            near = odd[max(write - writes.start - 1, 0) : write - writes.start + 2].any()
            anything = printed[write] == WriteKind.ANYTHING and not self._keys.single[write]
            first = not at or owner[at - 1] != write
            if near or (anything and self._is_odd(units.start + at, write, first)):
                strained[max(at - 2, 0) : at + 3] = True
        strained &= self._keys.units[units] == 0
        return strained
