"""Scenes are shown without what takes a while, and completed when it is there."""

from __future__ import annotations

import threading
from dataclasses import replace

from flakecore.diagnosis import Finding
from flakecore.loss import Loss
from flakecore.timeline import Case, Failure, Lane, LaneKind
from flakecore.timeline.sources import Sources
from flaketui.app.saved.links import Link
from flaketui.view.bundle_runs import BundleRuns
from tui.driving import ScenarioExplorer, explain_deadlock, exploring, press, settle
from tui.scenario import FINDINGS, deadlock
from tui.scripted_schedule import MS

G21 = Lane(LaneKind.GOROUTINE, 21)


async def test_a_failure_is_explained_once_and_shown_before() -> None:
    go_on = threading.Event()
    explained: list[int] = []

    def slowly(
        case: Case, failure: Failure, sources: Sources, known: BundleRuns, losses: list[Loss]
    ) -> tuple[Finding, ...]:
        explained.append(failure.index)
        assert go_on.wait(60)
        return explain_deadlock(case, failure, sources, known, losses)

    explorer = ScenarioExplorer(link=Link(test="TestDrain"), explain=slowly)
    async with explorer.run_test(size=(160, 45)) as pilot:
        for _ in range(500):
            await pilot.pause(0.01)
            if explained and explorer.layout["why"].lines:
                break
        assert explorer.scene.findings is None
        assert "working out why" in explorer.layout["why"].plain_text
        await pilot.press("l", "h", "l")
        go_on.set()
        await settle(pilot)
        assert explorer.scene.findings == FINDINGS
        assert "working out why" not in explorer.layout["why"].plain_text
    assert explained == [1]


async def test_the_chain_behind_a_wait_comes_with_the_scene() -> None:
    link = Link(test="TestDrain", at_ns=100 * MS, lane=G21)
    async with exploring(ScenarioExplorer(link=link)) as pilot:
        app = await press(pilot)
        chain = app.scene.chain
        assert chain
        assert (chain[0].wait.lane, chain[0].waker) == (G21, 34)
        app.go(app.view.at(22 * MS), "test")
        assert app.scene.chain == ()  # it runs: there is no wait to follow


async def test_a_case_that_is_known_better_is_explained_again() -> None:
    explained: list[Case] = []

    def explain(
        case: Case, failure: Failure, sources: Sources, known: BundleRuns, losses: list[Loss]
    ) -> tuple[Finding, ...]:
        explained.append(case)
        return explain_deadlock(case, failure, sources, known, losses)

    async with exploring(ScenarioExplorer(explain=explain)) as pilot:
        app = await press(pilot)
        better = deadlock()
        app.replace_case(better)
        await settle(pilot)
    assert len(explained) == 2
    assert explained[1] is better


async def test_a_rule_that_failed_is_shown_among_the_losses() -> None:
    def explain(
        case: Case, failure: Failure, sources: Sources, known: BundleRuns, losses: list[Loss]
    ) -> tuple[Finding, ...]:
        losses.append(Loss(failure.test_name, "rule lock-cycle is left out"))
        return explain_deadlock(case, failure, sources, known, losses)

    link = Link(test="TestTransfer")
    async with exploring(ScenarioExplorer(link=link, explain=explain)) as pilot:
        await settle(pilot)
        app = await press(pilot)
        assert [loss.what for loss in app.scene.losses] == ["rule lock-cycle is left out"]
        assert "rule lock-cycle is left out" in app.layout["details"].plain_text


async def test_of_many_losses_a_few_are_shown_and_the_rest_counted() -> None:
    damaged = replace(
        deadlock(), losses=tuple(Loss(f"x{at}", f"it is damaged, {at}") for at in range(1_000))
    )
    async with exploring(ScenarioExplorer(damaged)) as pilot:
        app = await press(pilot)
        assert len(app.scene.losses) == 21
        assert "980 further losses" in app.scene.losses[-1].what
