"""The rows of the Runs pane."""

from __future__ import annotations

from dataclasses import replace

from flakecore.comparison import Run, failure_rates
from flaketui.panes.runs.run_rows import run_rows
from flaketui.view.bundle_runs import BundleRuns
from flaketui.view.scene import Scene
from tui.driving import exploring, press
from tui.scenario import deadlock


def hunt() -> BundleRuns:
    runs = []
    for number in range(1, 9):
        failed = ("example.com/pool.TestDrain",) if number <= 4 else ()
        conditions = {"GOMAXPROCS": "1" if failed else "4", "race": "on"}
        runs.append(
            Run("b", number, 0, 5_000_000, failed, not failed, (), conditions, {}, number == 2)
        )
    return BundleRuns(tuple(runs), failure_rates(runs))


async def scene_with(known: BundleRuns, *attempts: str) -> Scene:
    async with exploring() as pilot:
        app = await press(pilot)
        cases = tuple(replace(deadlock(), attempt=attempt) for attempt in attempts)
        return replace(app.scene, runs=known, others=cases)


async def test_the_rate_comes_first_with_what_it_goes_with() -> None:
    rows = run_rows(await scene_with(hunt(), "002", "007"))
    assert [row.text for row in rows[:3]] == [
        "failed: 4 of 8, 50.0 % (95 %: 21.5 to 78.5 %)",
        "TestDrain failed 4 of 8, 50.0 % (95 %: 21.5 to 78.5 %)",
        "Failed 4 of 4 with GOMAXPROCS=1, 0 of 4 without (p = 0.03)",
    ]


async def test_a_run_says_what_differs_and_opens_where_its_evidence_is() -> None:
    rows = [row for row in run_rows(await scene_with(hunt(), "002", "007")) if row.run >= 0]
    assert rows[0].text == "✗   1  5.00ms  TestDrain  GOMAXPROCS=1"
    assert rows[1].text == "✗   2  5.00ms  TestDrain  (opens)"
    assert rows[4].text == "✓   5  5.00ms  GOMAXPROCS=4"
    assert [row.case for row in rows] == [-1, 0, -1, -1, -1, -1, 1, -1]


async def test_without_a_manifest_the_cases_are_the_runs() -> None:
    rows = run_rows(await scene_with(BundleRuns(), "1", "2"))
    assert [row.case for row in rows] == [0, 1]
    assert rows[0].text.startswith("✗ ")


async def test_a_single_run_says_how_to_get_more() -> None:
    rows = run_rows(await scene_with(BundleRuns(), ""))
    assert rows[0].text == "one run: nothing to hold it against"
