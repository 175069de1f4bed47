"""The collector's doings, cut into columns."""

from __future__ import annotations

import numpy as np

from flakecore.timeline.lanes.folded_time import axis_of
from flaketui.panes.collector_cells import Collector, collector_of
from flaketui.panes.gc.gc_pane import CollectorPane
from tui.driving import exploring, press
from tui.scripted_collections import PAUSES, ScriptedCollections
from tui.scripted_schedule import MS

COLLECTIONS = ScriptedCollections()


def test_cycles_and_stops_fall_into_their_columns() -> None:
    cells = Collector(COLLECTIONS).cells(axis_of(190 * MS, 290 * MS, (), 10))
    assert cells.busy.tolist() == [False, *[True] * 4, *[False] * 5]
    assert np.flatnonzero(cells.stopped).tolist() == [0, 4]
    assert cells.longest_ns == MS


def test_a_cycle_longer_than_the_window_fills_it() -> None:
    cells = Collector(COLLECTIONS).cells(axis_of(210 * MS, 220 * MS, (), 8))
    assert cells.busy.all()
    assert not cells.stopped.any()
    assert cells.longest_ns == 0


def test_a_window_without_a_collection_is_empty() -> None:
    collector = Collector(COLLECTIONS)
    assert not collector.cells(axis_of(1000 * MS, 1100 * MS, (), 8)).busy.any()
    assert len(collector.rows(1000 * MS, 1100 * MS)) == 0


async def test_the_cursor_belongs_to_the_last_span_that_began() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "3")
        pane = app.layout["gc"]
        assert isinstance(pane, CollectorPane)
        rows = pane.rows(app.scene)
        assert len(rows) == len(PAUSES)
        for moment, row in ((0, -1), (210, 1), (3000, len(PAUSES) - 1)):
            app.go(app.view.at(moment * MS), "")
            assert pane.current(app.scene, rows) == row


def test_a_case_is_looked_up_once() -> None:
    assert collector_of(COLLECTIONS) is collector_of(COLLECTIONS)
