"""A case that arrives first in part and then whole keeps everything where the person put it."""

from __future__ import annotations

from dataclasses import replace

from flakecore.timeline import Case
from flaketui.app.loading.case_loader import CaseLoader
from flaketui.view.navigation import carried_over, fitted, opening_view
from flaketui.view.viewport import Viewport
from tui.driving import ScenarioExplorer, exploring, press, settle
from tui.scenario import FAILURES, deadlock, output
from tui.scripted_schedule import END, MS


def part() -> Case:
    """The case when only its second failure's part had been read."""
    whole = deadlock()
    late = [(3500, 0, 0, 21, "panic: test timed out after 3.5s")]
    failure = replace(FAILURES[1], index=0, output_line=0)
    return replace(whole, start_ns=3000 * MS, output=output(late), failures=(failure,))


def test_window_and_cursor_stay_and_the_selection_is_found_again() -> None:
    before, after = part(), deadlock()
    view = opening_view(before).zoom(0.25)
    assert (view.selection.failure, view.selection.line) == (0, 0)
    moved = carried_over(before, after, view)
    assert (moved.start_ns, moved.end_ns, moved.cursor_ns) == (
        (view.start_ns, view.end_ns, view.cursor_ns)
    )
    assert (moved.selection.failure, moved.selection.line) == (1, 7)
    assert moved.selection.test == view.selection.test
    assert moved.selection.lane == view.selection.lane
    assert moved.extent == (0, END)


def test_a_window_over_all_that_was_known_stays_one_over_all() -> None:
    before, after = part(), deadlock()
    view = Viewport.whole(before.start_ns, before.end_ns)
    moved = carried_over(before, after, view)
    assert (moved.start_ns, moved.end_ns) == moved.extent == (0, END)


def test_what_is_gone_is_let_go_of() -> None:
    whole = deadlock()
    bare = replace(whole, tests=(), failures=(), output=output([]), end_ns=10 * MS)
    moved = carried_over(whole, bare, replace(opening_view(whole), only_test=2))
    assert (moved.selection.test, moved.selection.failure, moved.selection.line) == (-1, -1, -1)
    assert moved.only_test == -1
    assert moved.start_ns <= moved.cursor_ns < moved.end_ns <= bare.end_ns
    assert fitted(bare, opening_view(whole)).selection.test == -1


async def test_every_pane_shows_the_whole_case_when_it_has_come() -> None:
    async with exploring(ScenarioExplorer(part())) as pilot:
        app = await press(pilot, "p", "plus", "m", "6")
        before, arranged = app.view, app.arrangement
        app.replace_case(deadlock())
        await settle(pilot)
        assert {pane.scene.case for pane in app.layout.panes if pane.scene} == {app.case}
        assert app.view.cursor_ns == before.cursor_ns
        assert app.view.start_ns == before.start_ns
        assert app.view.selection.failure == 1
        assert app.arrangement == arranged
        assert "9 lines" in app.layout["output"].plain_text
        assert "failure 2/2" in app.layout.summary.plain_text
        await press(pilot, "z")  # back to the first view, of the part, on the whole
        assert app.view.extent == (0, END)


async def test_a_case_of_another_package_replaces_nothing() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        before = app.case
        app.replace_case(replace(deadlock(), package="example.com/other"))
        assert app.case is before


async def test_while_the_rest_is_read_its_progress_stands_beside_the_moment() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        app.post_message(CaseLoader.Loading("trace.out", 0.42))
        await settle(pilot)
        assert "reading 42%" in app.layout.summary.plain_text
        app.post_message(CaseLoader.Loading("trace.out", 1))
        await settle(pilot)
        assert "reading" not in app.layout.summary.plain_text
