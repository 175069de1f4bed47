"""A list that keys move through."""

from __future__ import annotations

from textual.app import App, ComposeResult

from flaketui.app.terminal.settings import DisplaySettings
from flaketui.drawing.lines import StyledLine
from flaketui.drawing.row_list import RowList

LOOK = DisplaySettings().look


class ListApp(App[None]):
    def compose(self) -> ComposeResult:
        yield RowList(LOOK, "rows")


def draw(at: int, width: int, chosen: bool) -> StyledLine:
    return StyledLine(LOOK, width, "cursor" if chosen else "plain").add(f"row {at}")


async def test_keys_stay_within_the_rows() -> None:
    app = ListApp()
    async with app.run_test(size=(20, 5)) as pilot:
        rows = app.query_one(RowList)
        rows.show_rows(100, draw, 3)
        rows.focus()
        for key, row in (("k", 2), ("g", 0), ("k", 0), ("G", 99), ("j", 99), ("pageup", 95)):
            await pilot.press(key)
            assert rows.row == row


async def test_a_row_beyond_the_last_is_the_last() -> None:
    app = ListApp()
    async with app.run_test(size=(20, 5)):
        rows = app.query_one(RowList)
        rows.show_rows(3, draw, 50)
        assert rows.row == 2
        rows.show_rows(0, draw, 2)
        assert rows.row == 0
