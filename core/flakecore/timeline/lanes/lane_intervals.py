"""A lane's intervals around a moment, from as few generations as hold them.

A trace's generations are decoded on demand. So a query for a moment decodes the generation that
holds it; a query for the next or previous interval continues with the generation in which the
overview has one of the lane, and skips those in which the lane's state did not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from flakecore.gotrace import Intervals, LaneIntervals
from flakecore.timeline.lanes.folded_time import Axis
from flakecore.timeline.lanes.lane import Lane, LaneKind
from flakecore.timeline.lanes.lru_cache import LruCache
from flakecore.timeline.lanes.shares import LaneShares

_CACHED = 512
"""Lanes whose intervals and running sums stay cached: several screens' worth."""
EXACT = 3
"""Generations that are decoded for one window at most."""
_AT_ONCE = 20_000
"""Intervals that are collected and summed within a millisecond or two."""

_Key = tuple[Lane, range]


class LaneLookup:
    """Looks up intervals and running sums by lane and window."""

    def __init__(self, intervals: Mapping[LaneKind, Intervals]) -> None:
        """Look up in the intervals of each kind of lane."""
        self._intervals = intervals
        self._of = LruCache(_CACHED, self._find)
        self._shares = LruCache(_CACHED, self._make_shares)
        self._coarse = LruCache(_CACHED, self._make_coarse)
        self._coarse_shares = LruCache(_CACHED, self._make_coarse_shares)

    def around(self, lane: Lane, start_ns: int, end_ns: int) -> LaneIntervals:
        """Return the intervals of a lane in the generations that a window touches."""
        return self._of((lane, self._touched(lane, start_ns, end_ns)))

    def after(self, lane: Lane, time_ns: int) -> tuple[LaneIntervals, int] | None:
        """Return a lane's first interval that begins after a moment, as intervals and a row."""
        found = self.around(lane, time_ns, time_ns)
        row = last_begun(found, time_ns) + 1
        if row < len(found):
            return found, row
        begins = self._coarse(lane).start
        reached = max(time_ns, int(found.end[-1]) - 1) if len(found) else time_ns
        for then in begins[np.searchsorted(begins, reached, side="right") :][:2].tolist():
            found = self.around(lane, then, then)
            row = last_begun(found, time_ns) + 1
            if row < len(found):
                return found, row
        return None

    def until(self, lane: Lane, time_ns: int) -> tuple[LaneIntervals, int] | None:
        """Return a lane's last interval that begins at or before a moment: intervals and row."""
        found = self.around(lane, time_ns, time_ns)
        row = last_begun(found, time_ns)
        if row >= 0:
            return found, row
        begins = self._coarse(lane).start
        for then in begins[: np.searchsorted(begins, time_ns, side="right")][:-3:-1].tolist():
            found = self.around(lane, then, then)
            row = last_begun(found, time_ns)
            if row >= 0:
                return found, row
        return None

    def shares(self, lane: Lane, start_ns: int, end_ns: int) -> LaneShares | None:
        """Return the running sums of a lane over a window; None where it is too wide for that."""
        intervals = self._intervals[lane.kind]
        generations = intervals.touched(start_ns, end_ns)
        if len(generations) > EXACT and not intervals.is_cached(generations):
            return None
        return self._shares((lane, generations))

    def coarse_shares(self, lane: Lane) -> LaneShares:
        """Return running sums over the whole trace, exact between the overview's edges."""
        return self._coarse_shares(lane)

    def _touched(self, lane: Lane, start_ns: int, end_ns: int) -> range:
        return self._intervals[lane.kind].touched(start_ns, end_ns)

    def are_cached(
        self, lanes: Iterable[Lane], beside: Iterable[Lane], axis: Axis, at_ns: int
    ) -> bool:
        """Return whether lanes can be drawn over a window, and queried at a moment, at once.

        Those ``beside`` are only queried. The generations have to be decoded already.
        """
        windows: dict[LaneKind, list[range]] = {}
        moment, wide = {}, {}
        for kind, intervals in self._intervals.items():
            moment[kind] = intervals.touched(at_ns, at_ns)
            whole = intervals.touched(axis.bounds[0], axis.bounds[-1])
            windows[kind], wide[kind] = [whole], False
            if len(whole) > EXACT and not intervals.is_cached(whole):
                parts = [intervals.touched(piece[0], piece[-1]) for piece in axis.pieces]
                exact = [len(part) <= EXACT or intervals.is_cached(part) for part in parts]
                windows[kind] = [part for part, kept in zip(parts, exact, strict=True) if kept]
                wide[kind] = not all(exact)
        left = _AT_ONCE
        for lane in lanes:
            kind = lane.kind
            if wide[kind] and lane not in self._coarse_shares:
                left -= _AT_ONCE // 10
            for window in windows[kind]:
                if (lane, window) not in self._shares:
                    left -= self._size(lane, window)
        for lane in (*lanes, *beside):
            if (lane, moment[lane.kind]) not in self._of:
                left -= self._size(lane, moment[lane.kind])
        return left >= 0

    def _size(self, lane: Lane, generations: range) -> int:
        """Return how many intervals of a lane lie within generations."""
        found = 0
        for generation in generations:
            rows = self._intervals[lane.kind].generation(generation).rows(lane.id)
            found += rows.stop - rows.start
        return found

    def _find(self, key: _Key) -> LaneIntervals:
        lane, generations = key
        return self._intervals[lane.kind].of(lane.id, generations)

    def _make_shares(self, key: _Key) -> LaneShares:
        found = self._of(key)
        return LaneShares(found.start, found.end, found.state)

    def _make_coarse(self, lane: Lane) -> LaneIntervals:
        start, end, state = self._intervals[lane.kind].coarse(lane.id)
        return LaneIntervals(start, end, state, ())

    def _make_coarse_shares(self, lane: Lane) -> LaneShares:
        found = self._coarse(lane)
        return LaneShares(found.start, found.end, found.state)


def last_begun(found: LaneIntervals, time_ns: int) -> int:
    """Return the row of the last interval that begins at or before a moment; -1 for none."""
    return int(np.searchsorted(found.start, time_ns, side="right")) - 1
