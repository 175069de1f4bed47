"""What is worth a look where nothing failed, and where it leads."""

from __future__ import annotations

from dataclasses import replace

from flakecore.bundle import open_bundle
from flakecore.timeline import load_cases
from flaketui.panes.why.slowest_rows import slowest_rows
from flaketui.view.navigation import opening_view
from flaketui.view.viewport import SelectionKind
from program import SAMPLE
from tui.driving import ScenarioExplorer, exploring, press
from tui.scenario import all_passed
from tui.scripted_collections import PAUSES
from tui.scripted_schedule import MS


def test_the_slowest_tests_come_first_and_lead_to_when_they_ran() -> None:
    case = all_passed()
    view = opening_view(case)
    rows = [row for row in slowest_rows(case) if "test" in row.text or "then" in row.text]
    assert [row.text for row in rows] == [
        "the slowest test: TestFill, 12.0ms",
        "then: TestDrain/fast, 4.00ms",
        "then: TestReset, 1.00ms",
    ]
    assert rows[0].leads is not None
    shown = rows[0].leads(view)
    assert shown.selection.test == 2
    assert shown.span_ns < 20 * MS


def test_a_wait_that_never_ended_is_told_as_such_and_leads_to_its_goroutine() -> None:
    case = all_passed()
    (row,) = (row for row in slowest_rows(case) if "never ended" in row.text)
    assert row.text.startswith("never ended: G34 in mutex at pool.go:")
    assert row.leads is not None
    assert str(row.leads(opening_view(case)).selection.lane) == "G34"


def test_of_a_real_run_the_longest_wait_is_one_of_a_goroutine_that_a_test_started() -> None:
    (case,) = load_cases(open_bundle(SAMPLE))
    ended = replace(case, failures=())
    rows = [row.text for row in slowest_rows(ended)]
    assert any(text.startswith("the longest stop of the world: ") for text in rows)
    assert not any("G1 " in text for text in rows)


def test_the_longest_stop_leads_to_its_moment() -> None:
    case = all_passed()
    (row,) = (row for row in slowest_rows(case) if "stop of the world" in row.text)
    assert row.leads is not None
    shown = row.leads(opening_view(case))
    assert shown.cursor_ns in [
        start * MS for kind, _, start, _ in PAUSES if kind.startswith("stop")
    ]
    assert shown.selection.subject is SelectionKind.PAUSE


async def test_the_keys_lead_from_the_first_screen_to_each_of_them() -> None:
    async with exploring(ScenarioExplorer(all_passed()), size=(120, 40)) as pilot:
        app = await press(pilot, "8", "j")
        assert "nothing failed; worth a look:" in app.layout["why"].plain_text
        assert app.view.selection.test == 2
        await press(pilot, "z")
        assert app.view.selection.test == -1


def test_without_tests_and_trace_nothing_is() -> None:
    assert not list(slowest_rows(replace(all_passed(), tests=(), schedule=None, gc=None)))
