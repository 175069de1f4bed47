"""Exact pairing of gaps whose sums agree: every site prints in them what it always prints.

Problem: most gaps between two anchors need no search, and a search would only give a margin.

Idea: ``unit_counts`` gives the units a write of each site, learned over all gaps. Where the sum
over a gap's writes equals the number of units there, and each unit may be what the write that
comes to it prints, the pairing in order is the only one that is consistent with those counts.

Why not the obvious way (the same number of writes as of units): sites that print two lines or none
would cancel out. So gaps with a site of unknown count, or with writes that overlap in time, are
left to the search.

The constant was chosen and measured as those of ``matching``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from flakecore.alignment.anchors import Anchors
from flakecore.alignment.models.transition_scores import PARTIAL_LINE_CLASSES, Sequences
from flakecore.alignment.models.unit_counts import UNKNOWN, UnitCounts
from flakecore.alignment.writers import WriteKind

_MIN_PACKET_RATE = 0.8
"""Mean packets a write of a site below which its gaps are left to the search."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps between anchors, with those before the first and behind the last.

    Attributes:
        of_unit: int64, (units,), the gap of each unit; an anchor is the first unit of its gap.
        of_write: int64, (writes,), the gap of each write.
        count: number of gaps.
    """

    of_unit: NDArray[np.int64]
    of_write: NDArray[np.int64]
    count: int


def gaps_between(anchors: Anchors, units: int, writes: int) -> Gaps:
    """Return the gaps between anchors among a number of units and of writes."""
    return Gaps(
        np.searchsorted(anchors.units, np.arange(units), side="right"),
        np.searchsorted(anchors.writes, np.arange(writes), side="right"),
        len(anchors.units) + 1,
    )


@dataclass(frozen=True, slots=True)
class ExactPairs:
    """The pairs of the gaps whose sums agree.

    Attributes:
        exact: bool, (gaps,), whether the gap is paired.
        units: int64, (n,), the units of those gaps, ascending.
        owner: int64, (n,), the write that printed each.
    """

    exact: NDArray[np.bool_]
    units: NDArray[np.int64]
    owner: NDArray[np.int64]


def pair_exact_gaps(
    sequences: Sequences, gaps: Gaps, counts: UnitCounts, rates: NDArray[np.float64]
) -> ExactPairs:
    """Pair the units of gaps in which every site prints what it always prints.

    Args:
        sequences: units and writes.
        gaps: between the anchors.
        counts: units a write of each site.
        rates: (sites,) mean units a write.
    """
    units, writes, keys = sequences.units, sequences.writes, sequences.keys
    count = counts.units[writes.site]
    known = count != UNKNOWN
    fixed = keys.min_units == keys.max_units
    count = np.where(fixed, keys.min_units, count)
    known |= fixed
    uncertain = ~known | counts.doubtful[writes.site]
    if not sequences.by_line:
        # A packet is one write: only a write to elsewhere and a foreign packet could deceive.
        count = np.where(known, count, 1)
        uncertain = rates[writes.site] < _MIN_PACKET_RATE
    doubtful = np.bincount(gaps.of_write[uncertain & ~fixed], minlength=gaps.count) > 0
    own = ~units.foreign
    expected = np.bincount(gaps.of_write, np.maximum(count, 0), minlength=gaps.count)
    present = np.bincount(gaps.of_unit[own], minlength=gaps.count)
    overlaps = writes.end[:-1] > writes.start[1:]
    doubtful[gaps.of_write[:-1][overlaps]] = True
    exact: NDArray[np.bool_] = ~doubtful & (expected == present)
    rows = np.flatnonzero(exact[gaps.of_write])
    owner = np.repeat(rows, count[rows])
    paired = np.flatnonzero(exact[gaps.of_unit] & own)
    first = np.ones(len(owner), np.bool_)
    first[1:] = owner[1:] != owner[:-1]
    inconsistent = ~_may_have_printed(sequences, paired, owner, first)
    exact[gaps.of_unit[paired[inconsistent]]] = False
    remaining = exact[gaps.of_unit[paired]]
    return ExactPairs(exact, paired[remaining], owner[remaining])


def _may_have_printed(
    sequences: Sequences,
    units: NDArray[np.int64],
    owner: NDArray[np.int64],
    first: NDArray[np.bool_],
) -> NDArray[np.bool_]:
    """Return (n,) whether each write can have printed the unit that comes to it.

    Args:
        sequences: units and writes.
        units: (n,) units.
        owner: (n,) the write of each.
        first: (n,) whether the unit is the first of its write.
    """
    keys, columns = sequences.keys, sequences.units
    unit_key, write_key = keys.units[units], keys.writes[owner]
    kind = keys.kind[owner]
    is_log = kind == WriteKind.LOG
    begins = (unit_key == write_key) & ((unit_key > 0) | (kind == WriteKind.ANYTHING))
    depth = columns.depth[units]
    # From Go 1.25 on a log of several lines is written line by line; so is t.Output.
    begins |= is_log & keys.single_line[owner] & (unit_key == 0) & (depth > 0)
    continues = columns.may_continue[units] & (unit_key == 0)
    if sequences.by_line:
        continues &= ~is_log | (depth == 2)
        continues &= (kind != WriteKind.RESULT) | (depth > 0)
    last = np.append(first[1:], True)
    prior_class = sequences.writes.prior_class[sequences.writes.site[owner]]
    partial = np.isin(prior_class, PARTIAL_LINE_CLASSES) & (kind == WriteKind.ANYTHING)
    continues &= columns.ends[units] | ~last | partial
    begins &= columns.ends[units] | ~last | partial
    in_time = sequences.writes.start[owner] <= sequences.latest[units]
    possible: NDArray[np.bool_] = np.where(first, begins, continues) & in_time
    return possible
