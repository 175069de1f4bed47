"""Tasks, regions and logs of a real run, on the lanes and in the details."""

from __future__ import annotations

import pytest

from flakecore.timeline import Lane, LaneKind
from flakecore.timeline.lanes.folded_time import axis_of
from flaketui.app.explorer import Explorer
from flaketui.panes.details.content import content_blocks
from flaketui.panes.registry import searches
from flaketui.panes.timeline.row_lines import geometry
from flaketui.panes.timeline.row_table import AnnotationRow, TaskRow
from flaketui.view.search import find
from timeline.captures import Capture, capture
from toolchains import NEWEST
from tui.driving import exploring, press, settle, timeline_of


@pytest.fixture(scope="module")
def noted() -> Capture:
    return capture(NEWEST, "partners", "-timeout=1s", "-cpu=4")


async def test_regions_and_logs_stand_below_their_goroutine_and_its_details_tell_of_them(
    noted: Capture,
) -> None:
    annotations, test = noted.case.annotations, noted.test("TestNoted")
    assert annotations is not None
    (tax,) = annotations.regions(
        test.goroutine, 1, axis_of(test.start_ns, test.end_ns, (), 10**6)
    ).spans
    async with exploring(Explorer(noted.folder)) as pilot:
        app = await press(pilot, "at", *"TestNoted", "enter", "0", "f")
        timeline = timeline_of(app)
        place = timeline.table(app.scene).place(Lane(LaneKind.GOROUTINE, test.goroutine))
        rows = timeline.table(app.scene).rows[place + 1 : place + 3]
        assert [row.depth for row in rows if isinstance(row, AnnotationRow)] == [0, 1]
        first = place - timeline.top + timeline.title_rows
        outer, inner = (timeline.lines[first + below].text for below in (1, 2))
        assert "price──" in outer
        assert "◇" in outer
        assert "├tax" in inner
        app.go(app.view.at((tax.start_ns + tax.end_ns) // 2), "test")
        await settle(pilot)
        said = "\n".join(block.text for block in content_blocks(app.scene))
        for part in ("In the region price since", "In the region tax since", "the task order"):
            assert part in said
        assert "logged cart: begun" in said


async def test_a_task_is_a_row_that_is_stood_on_and_zoomed_to(noted: Capture) -> None:
    assert noted.case.annotations is not None
    (task,) = noted.case.annotations.tasks
    async with exploring(Explorer(noted.folder)) as pilot:
        app = await press(pilot, "2")
        timeline = timeline_of(app)
        table = timeline.table(app.scene)
        wanted = table.place(f"task {task.task}")
        assert isinstance(table.rows[wanted], TaskRow)
        while timeline.current(app.scene, timeline.table(app.scene)) != wanted:
            before = timeline.current(app.scene, timeline.table(app.scene))
            await press(pilot, "j")
            assert timeline.current(app.scene, timeline.table(app.scene)) > before
            table = timeline.table(app.scene)
            wanted = table.place(f"task {task.task}")
        assert app.view.cursor_ns == task.start_ns
        await press(pilot, "enter")
        assert app.view == app.view.fit(task.start_ns, task.end_ns)
        row = wanted - timeline.top + timeline.title_rows
        shape = geometry(timeline.size.width)
        cells = timeline.lines[row].text[shape.label : shape.label + shape.columns]
        assert cells.strip().startswith("├order")
        assert cells.strip().endswith("┤")


async def test_tasks_regions_and_logs_are_searched(noted: Capture) -> None:
    test = noted.test("TestNoted")
    found = find(noted.case, "ORDER", searches())
    assert [(one.index, one.text) for one in found if "task" in one.text] == [
        (test.goroutine, f"G{test.goroutine} task order")
    ]
    (begun,) = (one for one in find(noted.case, "begun", searches()) if "log" in one.text)
    assert begun.text == f"G{test.goroutine} log cart: begun"
    async with exploring(Explorer(noted.folder)) as pilot:
        app = await press(pilot, "slash", *"left", "space", "open", "enter")
        found = find(noted.case, "left open", searches())
        (region,) = (one for one in found if "region" in one.text)
        await settle(pilot)
        assert app.view.cursor_ns == region.time_ns
        assert app.view.selection.lane == Lane(LaneKind.GOROUTINE, test.goroutine)
