"""Lanes by the names that people type and that files hold: ``G21``, ``P0``, ``M7``."""

from __future__ import annotations

from flakecore.timeline import Lane, LaneKind


def goroutine_lane(number: int) -> Lane | None:
    """Return the lane of a goroutine's number; None for 0."""
    return Lane(LaneKind.GOROUTINE, number) if number > 0 else None


def lane_named(name: str) -> Lane:
    """Return the lane of a name such as ``G21`` or ``P0``.

    Raises:
        ValueError: it is no such name.
    """
    return Lane(LaneKind(name[:1].upper()), int(name[1:]))
