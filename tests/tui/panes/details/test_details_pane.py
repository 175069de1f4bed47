"""The Details pane: findings, evidence, wait chains, and what was lost."""

from __future__ import annotations

from dataclasses import replace

from flakecore.loss import Loss
from flakecore.timeline import Lane, LaneKind
from flaketui.app.saved.links import Link
from flaketui.panes.pane import Pane
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import deadlock
from tui.scripted_schedule import MS


def words(pane: Pane) -> str:
    """What a pane says, however its lines are broken."""
    return " ".join(pane.plain_text.split())


SMALL = (80, 24)


async def test_findings_and_the_persons_own_frames_explain_a_timeout() -> None:
    async with exploring(ScenarioExplorer(link=Link(test="TestDrain")), SMALL) as pilot:
        app = await press(pilot, "6")
        text = words(app.layout["details"])
    assert "G34 and G35 each wait for a mutex, woken by nobody until the end." in text
    assert "G21 waits to receive from a channel since 0.420 000s" in text
    assert "nothing ended it before the trace stopped" in text
    own = text.index("pool_test.go:40")
    assert own < text.index("testing.tRunner")


async def test_a_wait_is_followed_back_to_its_cause_in_the_details() -> None:
    link = Link(test="TestDrain", at_ns=100 * MS, lane=Lane(LaneKind.GOROUTINE, 21))
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = await press(pilot, "6")
        text = words(app.layout["details"])
        assert "0.400 000s G34 ended the wait of G21 for receive" in text
        assert "G34 had waited for nobody since: it was at work, running" in text
        await press(pilot, "j")
        assert app.view.cursor_ns == 400 * MS
        assert app.view.selection.lane == Lane(LaneKind.GOROUTINE, 34)


async def test_findings_are_not_repeated_beside_the_pane_that_lists_them() -> None:
    async with exploring(ScenarioExplorer(link=Link(test="TestDrain"))) as pilot:
        app = await press(pilot, "6")
        claim = "G34 and G35 each wait for a mutex, woken by nobody until the end."
        assert claim in words(app.layout["why"])
        assert claim not in words(app.layout["details"])
        assert "TestDrain when it failed" in words(app.layout["details"])


async def test_evidence_is_jumped_to_and_the_findings_stay_in_view() -> None:
    async with exploring(ScenarioExplorer(link=Link(test="TestDrain")), SMALL) as pilot:
        app = await press(pilot, "6", "j")
        assert app.view.cursor_ns == 421 * MS
        assert app.view.selection.lane is not None
        assert app.view.selection.lane.id == 34
        assert "woken by nobody until the end" in words(app.layout["details"])
        assert "G34 waits for a mutex since 0.421 000s" in words(app.layout["details"])


async def test_what_is_lost_is_told_in_the_details() -> None:
    damaged = replace(deadlock(), losses=(Loss("trace", "its end is cut off", bytes=12),))
    async with exploring(ScenarioExplorer(damaged)) as pilot:
        app = await press(pilot)
        assert "lost: trace: its end is cut off (12 bytes)" in app.layout["details"].plain_text
