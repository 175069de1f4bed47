"""The Goroutines pane with a trace, with a dump alone, and with neither."""

from __future__ import annotations

from pathlib import Path

from flakecore.timeline import Lane, LaneKind
from flaketui.app.explorer import Explorer
from flaketui.app.saved.links import Link
from flaketui.panes.goroutines.goroutines_pane import NOTHING
from flaketui.panes.registry import Basis, default_places
from flaketui.view.arrangement import GoroutineOrder, GoroutinesShown
from tui.driving import exploring, press

G34, G39 = Lane(LaneKind.GOROUTINE, 34), Lane(LaneKind.GOROUTINE, 39)


def rows(app: Explorer) -> list[str]:
    return app.layout["goroutines"].plain_text.split("\n")


async def test_with_a_trace_the_pane_follows_the_cursor() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "G", "7")
        assert "trace at 3.599" in rows(app)[0]
        assert any("G34" in row and "mutex" in row and "pool.go:88" in row for row in rows(app))
        await press(pilot, "g")
        assert not any("G34" in row for row in rows(app))


async def test_a_row_selects_its_goroutine_and_enter_shows_its_stack() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "G", "7")
        cursor = app.view.cursor_ns
        while app.view.selection.lane != G34:
            before = app.view.selection.lane
            await press(pilot, "j")
            assert app.view.selection.lane != before
        assert app.view.cursor_ns == cursor
        await press(pilot, "enter")
        assert app.layout.current is app.layout["details"]
        assert "(*Pool).work" in app.layout["details"].plain_text


async def test_the_pane_is_filtered_and_ordered() -> None:
    async with exploring() as pilot:
        app = await press(pilot, "0", "G", "7", "F")
        assert app.arrangement.goroutines is GoroutinesShown.WAITING
        assert not any("running" in row for row in rows(app))
        await press(pilot, "s", "s", "s")
        assert app.arrangement.goroutine_order is GoroutineOrder.NUMBER
        numbers = [int(row.split()[0][1:]) for row in rows(app)[2:]]
        assert numbers == sorted(numbers)


async def test_without_a_trace_the_pane_shows_the_dump_and_has_the_keys(
    output_alone: Path,
) -> None:
    async with exploring(Explorer(output_alone), size=(120, 40)) as pilot:
        app = await press(pilot)
        shown = {pane.entry.name for pane in app.layout.panes if pane.is_on_screen}
        assert shown == set(default_places(Basis.DUMPS))
        assert app.layout.current is app.layout["goroutines"]
        assert "dump: timeout, 7 goroutines" in rows(app)[0]
        assert any("G39" in row and "ledger.go:38" in row for row in rows(app))


async def test_a_dumps_goroutine_is_described_by_its_stack(output_alone: Path) -> None:
    explorer = Explorer(output_alone, link=Link(lane=G39))
    async with exploring(explorer, size=(120, 40)) as pilot:
        app = await press(pilot, "6")
        text = app.layout["details"].plain_text
        assert "G39 in the dump: sync.Mutex.Lock" in text
        assert "ledger.go:38" in text


async def test_alike_goroutines_are_one_row_that_opens(crowd: Path) -> None:
    async with exploring(Explorer(crowd), size=(120, 60)) as pilot:
        app = await press(pilot, "s", "j")
        assert app.arrangement.goroutine_order is GoroutineOrder.MOST
        assert "▸ 30×" in rows(app)[2]
        assert "receive" in rows(app)[2]
        await press(pilot, "enter")
        assert "▾ 30×" in rows(app)[2]
        await press(pilot, "j")
        lane = app.view.selection.lane
        assert lane is not None
        assert str(lane) in rows(app)[3]
        await press(pilot, "k", "enter")
        assert "▸ 30×" in rows(app)[2]


async def test_with_neither_trace_nor_dump_the_pane_says_so(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \texample.com/a\t0.01s\n")
    async with exploring(Explorer(log), size=(120, 40)) as pilot:
        app = await press(pilot)
        shown = {pane.entry.name for pane in app.layout.panes if pane.is_on_screen}
        assert shown == set(default_places(Basis.OUTPUT))
        assert app.layout.current is app.layout["output"]
        await press(pilot, "7")
        assert NOTHING[:40] in app.layout["goroutines"].plain_text


TWO_DUMPS = """\
=== RUN   TestA
goroutine 7 [select]:
example.com/p.first(...)
\t/p/first.go:3
created by example.com/p.TestA in goroutine 6
\t/p/p_test.go:9 +0x1

between

goroutine 8 [chan receive]:
example.com/p.second(...)
\t/p/second.go:4
created by example.com/p.TestA in goroutine 6
\t/p/p_test.go:10 +0x1

goroutine 9 [chan receive]:
example.com/p.second(...)
\t/p/second.go:4
created by example.com/p.TestA in goroutine 6
\t/p/p_test.go:10 +0x1

after
--- PASS: TestA (0.00s)
"""


async def test_dumps_are_stepped_through_by_a_key(tmp_path: Path) -> None:
    log = tmp_path / "test.log"
    log.write_text(TWO_DUMPS.replace("between", "between\n" * 6))
    async with exploring(Explorer(log), size=(120, 40)) as pilot:
        app = await press(pilot, "7")
        assert "(2 of 2), 2 goroutines" in rows(app)[0]
        assert any("second.go:4" in row for row in rows(app))
        await press(pilot, "D")
        assert "(1 of 2), 1 goroutine" in rows(app)[0]
        assert any("G7" in row and "first.go:3" in row for row in rows(app))
        await press(pilot, "j", "6")
        assert "G7 in the dump: select" in app.layout["details"].plain_text
        await press(pilot, "7", "D")
        assert "(2 of 2)" in rows(app)[0]


async def test_a_debug_1_profile_alone_is_a_dump_and_a_profile(tmp_path: Path) -> None:
    profile = tmp_path / "goroutine.txt"
    profile.write_text(
        "goroutine profile: total 7\n6 @ 0x47262e 0x40f053\n"
        "#\t0x4d6738\tmain.wait+0x18\t/src/main.go:12\n\n"
        "1 @ 0x441f1d\n#\t0x441f1c\tmain.main+0x1c\t/src/main.go:9\n"
    )
    async with exploring(Explorer(profile), size=(120, 40)) as pilot:
        app = await press(pilot, "7")
        assert "goroutine.txt, 7 goroutines" in rows(app)[0]
        assert any("6×" in row and "main.go:12" in row for row in rows(app))
        await press(pilot, "D")
        assert "goroutine.txt, 7 goroutines" in rows(app)[0]
