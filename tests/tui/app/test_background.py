"""Work in threads is handed back to the event loop, unless it is not wanted any more."""

from __future__ import annotations

import threading

from tui.driving import exploring, press, settle


async def test_work_runs_in_a_thread_and_its_result_comes_back_to_the_loop() -> None:
    async with exploring() as pilot:
        app = await press(pilot)
        results: list[tuple[int, int]] = []
        app.background.run(
            threading.get_ident,
            lambda worked: results.append((worked, threading.get_ident())),
            group="test",
        )
        await settle(pilot)
    ((worked, returned),) = results
    assert worked != returned == threading.get_ident()


async def test_exclusive_work_is_dropped_when_other_work_of_its_group_begins() -> None:
    go_on = threading.Event()
    results: list[str] = []

    def first() -> str:
        assert go_on.wait(60)
        return "first"

    async with exploring() as pilot:
        app = await press(pilot)
        app.background.run(first, results.append, group="test", exclusive=True)
        app.background.run(lambda: "second", results.append, group="test", exclusive=True)
        go_on.set()
        for _ in range(500):
            await pilot.pause(0.01)
            if results:
                break
    assert results == ["second"]


async def test_work_that_is_not_exclusive_is_all_handed_back() -> None:
    results: list[str] = []
    async with exploring() as pilot:
        app = await press(pilot)
        for word in ("a", "b"):
            app.background.run(lambda word=word: word, results.append, group="test")  # type: ignore[misc]
        await settle(pilot)
    assert sorted(results) == ["a", "b"]
