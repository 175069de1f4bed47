"""Time in which idle stretches are folded: how far along it a moment lies.

A hang is a millisecond of action and minutes of nothing. Cut into columns of equal length it is
one full column and an empty row. So a stretch in which nothing changes may be folded: it becomes a
gap of a fixed part of the window, however long it is, and the time around it has the room. Within
a gap time still runs evenly, so every moment has its place and every place its moment; windows
move and zoom along this scale as they would along plain time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.timeline.lanes.shares import column_edges

GAP_PART = 1 / 8
"""The part of a window that a gap takes: a few cells on every screen."""
GAPS_PART = 1 / 2
"""The part of a window that all gaps together take at most."""
_LEAST_NS = 1_000
"""With less unfolded time than this in it, a window is not folded at all."""


class Gap(NamedTuple):
    """A stretch of time that is folded; the end is exclusive."""

    start_ns: int
    end_ns: int

    @property
    def duration_ns(self) -> int:
        """Length of the stretch."""
        return self.end_ns - self.start_ns


@dataclass(frozen=True, slots=True)
class Scale:
    """Distances along a window, in nanoseconds of its unfolded time.

    Attributes:
        origin_ns: the moment at distance 0.
        gaps: what is folded, in order of time.
        gap_width: how wide each gap is.
    """

    origin_ns: int
    gaps: tuple[Gap, ...]
    gap_width: float

    @classmethod
    def of(cls, start_ns: int, end_ns: int, gaps: tuple[Gap, ...]) -> Scale:
        """Return the scale of a window in which stretches are folded."""
        inside = [
            Gap(max(start_ns, gap.start_ns), min(end_ns, gap.end_ns))
            for gap in gaps
            if gap.start_ns < end_ns and gap.end_ns > start_ns
        ]
        unfolded = end_ns - start_ns - sum(gap.duration_ns for gap in inside)
        if not gaps or unfolded < min(_LEAST_NS, end_ns - start_ns):
            return cls(start_ns, (), 0.0)
        shown = sum(
            part.duration_ns / gap.duration_ns
            for gap in gaps
            for part in inside
            if gap.start_ns <= part.start_ns and part.end_ns <= gap.end_ns
        )
        part = gap_part(len(gaps))
        return cls(start_ns, gaps, part * unfolded / (1 - part * shown))

    def resized(self, width: float) -> Scale:
        """Return the scale of a window of another width."""
        return Scale(self.origin_ns, self.gaps, gap_part(len(self.gaps)) * width)

    def distance(self, time_ns: int) -> float:
        """Return how far from the origin a moment lies; exact where nothing is folded."""
        return self._from_zero(time_ns) - self._from_zero(self.origin_ns)

    def _from_zero(self, time_ns: int) -> float:
        distance: float = time_ns
        for gap in self.gaps:
            if time_ns <= gap.start_ns:
                break
            passed = min(time_ns, gap.end_ns) - gap.start_ns
            distance += self.gap_width * passed / gap.duration_ns - passed
        return distance

    def moment(self, distance: float) -> int:
        """Return the moment at a distance from the origin."""
        left = distance + self._from_zero(self.origin_ns)
        for gap in self.gaps:
            if left <= gap.start_ns:
                break
            inside = left - gap.start_ns
            if inside < self.gap_width:
                return gap.start_ns + round(inside / self.gap_width * gap.duration_ns)
            left += gap.duration_ns - self.gap_width
        return round(left)


def gap_part(gaps: int) -> float:
    """Return the part of a window that each of so many gaps takes."""
    return min(GAP_PART, GAPS_PART / max(gaps, 1))


class GapCells(NamedTuple):
    """The columns of a gap, from the first to the last, which is exclusive; and its stretch."""

    first: int
    last: int
    gap: Gap


@dataclass(frozen=True)
class Axis:
    """A window cut into columns. No column holds folded and other time.

    Attributes:
        bounds: the moments at which folding begins or ends, with the window's own two.
        sizes: columns between each two neighbours of ``bounds``.
        gaps: the columns of each gap in the window.
    """

    bounds: tuple[int, ...]
    sizes: tuple[int, ...]
    gaps: tuple[GapCells, ...]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return sum(self.sizes)

    @cached_property
    def pieces(self) -> tuple[NDArray[np.int64], ...]:
        """Edges of the columns of each part of one scale; each begins where the last one ends."""
        return tuple(
            column_edges(self.bounds[at], self.bounds[at + 1], size)
            for at, size in enumerate(self.sizes)
            if size
        )

    @cached_property
    def edges(self) -> NDArray[np.int64]:
        """Edges of all columns, ascending; (columns + 1,)."""
        return np.concatenate([self.pieces[0][:1], *(piece[1:] for piece in self.pieces)])

    def column(self, time_ns: int) -> int:
        """Return the column of a moment; -1 before the window and ``columns`` after it."""
        if time_ns < self.bounds[0]:
            return -1
        return int(np.searchsorted(self.edges, time_ns, side="right")) - 1

    def columns_of(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the column of each moment, as ``column`` does."""
        return np.searchsorted(self.edges, times, side="right").astype(np.int64) - 1

    def parts(self) -> tuple[tuple[int, int], ...]:
        """Return the stretches of the window that are not folded, as (start, end)."""
        folded = {cells.gap.start_ns for cells in self.gaps}
        return tuple(
            (self.bounds[at], self.bounds[at + 1])
            for at, size in enumerate(self.sizes)
            if size and self.bounds[at] not in folded
        )


@lru_cache(maxsize=64)
def axis_of(start_ns: int, end_ns: int, gaps: tuple[Gap, ...], columns: int) -> Axis:
    """Cut a window into columns; of what is folded each gap has at least one."""
    scale = Scale.of(start_ns, end_ns, gaps)
    clipped = [
        Gap(max(start_ns, gap.start_ns), min(end_ns, gap.end_ns))
        for gap in scale.gaps
        if gap.start_ns < end_ns and gap.end_ns > start_ns
    ]
    if not clipped or columns < 3 * len(clipped):
        return Axis((start_ns, end_ns), (columns,), ())
    width = scale.distance(end_ns)
    bounds, places = [start_ns], [0]
    for number, gap in enumerate(clipped):
        begin = round(scale.distance(gap.start_ns) * columns / width)
        begin = min(max(begin, places[-1]), columns - 2 * (len(clipped) - number) + 1)
        end = max(begin + 1, round(scale.distance(gap.end_ns) * columns / width))
        bounds += [gap.start_ns, gap.end_ns]
        places += [begin, min(end, columns - 2 * (len(clipped) - number - 1))]
    bounds.append(end_ns)
    places.append(columns)
    _give_room(bounds, places)
    gap_cells = tuple(
        GapCells(places[2 * number + 1], places[2 * number + 2], gap)
        for number, gap in enumerate(clipped)
    )
    sizes = tuple(after - before for before, after in pairwise(places))
    return Axis(tuple(bounds), sizes, gap_cells)


def _give_room(bounds: Sequence[int], places: list[int]) -> None:
    """Give each part that takes time a column, so that none is lost."""
    for at in range(1, len(places) - 1):
        if bounds[at] > bounds[at - 1]:
            places[at] = max(places[at], places[at - 1] + 1)
        else:
            places[at] = max(places[at], places[at - 1])
    for at in range(len(places) - 2, 0, -1):
        least = 1 if bounds[at + 1] > bounds[at] else 0
        places[at] = min(places[at], places[at + 1] - least)
