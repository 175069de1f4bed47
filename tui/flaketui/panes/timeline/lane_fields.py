"""Lanes as the fields of a view written as JSON."""

from __future__ import annotations

from flakecore.timeline import Lane
from flaketui.panes.interval_fields import interval_fields
from flaketui.view.scene import Scene

INTERVALS = 400
"""Intervals of a lane that are written at most, the window's first."""


def lane_fields(scene: Scene, lane: Lane) -> dict[str, object]:
    """Return a lane's intervals in the window, and whether these are all."""
    schedule, view = scene.case.schedule, scene.view
    assert schedule is not None
    found: list[dict[str, object]] = []
    now = schedule.at(lane, view.start_ns) or schedule.after(lane, view.start_ns)
    while now is not None and now.start_ns < view.end_ns and len(found) < INTERVALS:
        found.append(interval_fields(now))
        now = schedule.after(lane, now.start_ns)
    complete = now is None or now.start_ns >= view.end_ns
    return {"lane": str(lane), "complete": complete, "intervals": found}
