"""The Why pane: findings, and the keys that lead from them."""

from __future__ import annotations

from dataclasses import replace

from flakecore.loss import Loss
from flakecore.timeline import Lane, LaneKind, TestStatus
from flaketui.app.explorer import Explorer
from flaketui.panes.why.why_rows import UNEXPLAINED
from program import SAMPLE
from tui.driving import ScenarioExplorer, exploring, press, screen_text
from tui.scenario import FINDINGS, all_passed
from tui.scripted_schedule import MS

G34 = Lane(LaneKind.GOROUTINE, 34)


def text(app: Explorer) -> str:
    return app.layout["why"].plain_text


async def test_a_finding_is_told_with_its_rule_certainty_and_evidence() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket")
        lines = [line.strip() for line in text(app).split("\n")]
    assert "1 blocked · cause · seen" in lines
    assert lines[0].startswith("WHY  TestDrain")
    assert " ".join(lines[3:]).find("G34 waits for a mutex at pool.go:88") > 0


async def test_every_row_of_evidence_leads_to_its_moment_and_goroutine() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "right_square_bracket", "8", "j", "j")
        assert app.view.cursor_ns == 421 * MS
        assert app.view.selection.lane == G34
        assert app.view.selection.failure == 1  # still that failure's findings
        assert FINDINGS[0].claim[:20] in text(app)
        await press(pilot, "0", "g", "enter")
        assert app.view.cursor_ns == 421 * MS


async def test_a_failure_that_no_rule_explains_says_so_and_shows_its_message() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        assert "got 3 items, want 4" in text(app)
        assert UNEXPLAINED[:30] in text(app)


async def test_where_nothing_failed_nothing_is_explained() -> None:
    async with exploring(ScenarioExplorer(all_passed())) as pilot:
        app = await press(pilot)
        assert "nothing failed" in text(app)


async def test_where_nothing_failed_what_was_lost_is_shown_and_who_did_not_finish() -> None:
    case = all_passed()
    cut = replace(case.tests[0], status=TestStatus.UNFINISHED)
    losses = tuple(Loss(f"trace {number}", "its end is cut off") for number in range(5))
    damaged = replace(case, tests=(cut, *case.tests[1:]), losses=losses)
    async with exploring(ScenarioExplorer(damaged)) as pilot:
        app = await press(pilot)
        assert "lost: trace 0: its end is cut off" in text(app)
        assert "and 2 more in the details (6)" in text(app)
        top = screen_text(app).splitlines()[0]
        assert f"nothing failed, {len(case.tests) - 1} of {len(case.tests)} tests passed" in top
        assert ", 1 did not finish" in top


async def test_the_finding_that_was_chosen_is_the_one_whose_source_is_shown() -> None:
    async with exploring(Explorer(SAMPLE), size=(120, 40)) as pilot:
        app = await press(pilot, "left_square_bracket", "8", "j")
        assert app.view.selection.finding == 0
        assert "queue.go" in app.layout["source"].plain_text
