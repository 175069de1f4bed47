"""The clock of an objects page, which runs in steps: how far its times can be trusted."""

from __future__ import annotations

from flakecore.times import format_duration

COARSE_NS = 20_000_000
"""Below it a page's times do not show how long ago: they may be 10 ms before the truth, the longest
that the runtime's monitor sleeps before it looks at the clock."""


def coarse_duration(ns: int) -> str:
    """Return the distance of two times of a page, to the millisecond; "" where it shows nothing."""
    return "" if ns < COARSE_NS else format_duration(round(ns, -6))
