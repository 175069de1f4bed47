"""What the goroutines of a dump wait for, where there is no trace."""

from __future__ import annotations

from pathlib import Path

from flaketui.app.explorer import Explorer
from tui.driving import exploring, press

DUMP = """\
goroutine 7 [running]:
example.com/p.dumps(...)
\t/p/p.go:3

goroutine 31 [sync.RWMutex.RLock, 8 minutes]:
example.com/p.find(...)
\t/p/find.go:52

goroutine 32 [chan receive]:
example.com/p.pump(...)
\t/p/pump.go:9
created by example.com/p.TestA in goroutine 6
\t/p/p_test.go:9 +0x1

goroutine 33 [chan receive]:
example.com/p.pump(...)
\t/p/pump.go:9
created by example.com/p.TestA in goroutine 6
\t/p/p_test.go:9 +0x1
"""


async def test_who_waited_longest_is_first_and_who_runs_is_left_out(tmp_path: Path) -> None:
    dump = tmp_path / "goroutines.txt"
    dump.write_text(DUMP)
    async with exploring(Explorer(dump), size=(120, 40)) as pilot:
        app = await press(pilot, "4")
        rows = app.layout["blocking"].plain_text.split("\n")
        assert rows[0].startswith(" BLOCKING  goroutines.txt, 3 waited")
        assert rows[2].split()[:6] == [
            "8",
            "min",
            "G31",
            "sync.RWMutex.RLock",
            "find.go:52",
            "find",
        ]
        assert rows[3].split()[:5] == ["G32", "×2", "chan", "receive", "pump.go:9"]
        assert not any("p.go:3" in row for row in rows)


async def test_a_row_opens_the_stack_of_its_goroutine_and_z_comes_home(tmp_path: Path) -> None:
    dump = tmp_path / "goroutines.txt"
    dump.write_text(DUMP)
    async with exploring(Explorer(dump), size=(120, 40)) as pilot:
        app = await press(pilot, "4", "j", "j", "enter")
        assert str(app.view.selection.lane) == "G32"
        assert app.layout.current is app.layout["details"]
        assert "G32 in the dump: chan receive, of TestA." in app.layout["details"].plain_text
        await press(pilot, "z")
        assert app.layout.current is app.layout["blocking"]
        await press(pilot, "z")
        assert app.view.selection.lane is None
