"""What the person arranges: pins, folds, hidden lanes, filters, orders, totals, marks and views."""

from __future__ import annotations

from flakecore.timeline import Lane, LaneKind

G18, G21, G34, G35 = (Lane(LaneKind.GOROUTINE, number) for number in (18, 21, 34, 35))
P0 = Lane(LaneKind.PROC, 0)
