"""Goroutines of ``tui.scripted_schedule`` as lanes."""

from __future__ import annotations

from flakecore.timeline import Lane, LaneKind

G18, G21, G34, G35 = (Lane(LaneKind.GOROUTINE, number) for number in (18, 21, 34, 35))
