"""An interval as the fields of a view written as JSON."""

from __future__ import annotations

from flakecore.timeline import Interval


def interval_fields(interval: Interval) -> dict[str, object]:
    """Return an interval's fields: times in nanoseconds since the case began."""
    return {
        "start_ns": interval.start_ns,
        "end_ns": interval.end_ns,
        "state": interval.state.label,
        "stack": [f"{frame.function} {frame.file}:{frame.line}" for frame in interval.stack],
        "ended_by": None if interval.wake is None else interval.wake.goroutine,
        "to_the_end": interval.to_the_end,
    }
