"""A list of rows with one chosen, each drawn when it is in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from flaketui.drawing.lines import StyledLine
from flaketui.drawing.theme import Look

DrawRow = Callable[[int, int, bool], StyledLine]
"""Returns the line of a row, of a width, chosen or not."""


class RowList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows that keys move through.

    Attributes:
        row: index of the chosen row; 0 also where there is none.
        count: how many rows there are.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "open", show=False),
        Binding("j,down", "step(1)", "down", show=False),
        Binding("k,up", "step(-1)", "up", show=False),
        Binding("pagedown,space", "page(1)", "page down", show=False),
        Binding("pageup", "page(-1)", "page up", show=False),
        Binding("g,home", "step(-1000000000)", "first", show=False),
        Binding("G,end", "step(1000000000)", "last", show=False),
    ]

    class Chosen(Message):
        """Another row was chosen."""

    class Opened(Message):
        """The chosen row is to be opened."""

    def __init__(self, look: Look, id: str) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.look = look
        self.row = self.count = 0
        self._draw: DrawRow | None = None

    def show_rows(self, count: int, draw: DrawRow, row: int) -> None:
        """Show other rows, the chosen one in sight."""
        self.set_rows(count, draw, row)
        self._move()

    def set_rows(self, count: int, draw: DrawRow, row: int) -> None:
        """Take other rows, before the list is on the screen or with ``show_rows``.

        Args:
            count: how many there are.
            draw: draws one.
            row: which is chosen, or the last where there are fewer.
        """
        self.count, self._draw = count, draw
        self.virtual_size = Size(1, count)
        self.row = min(max(row, 0), max(count - 1, 0))

    def action_step(self, delta: int) -> None:
        """Move on by rows, and stay within the list."""
        self.row = min(max(self.row + delta, 0), max(self.count - 1, 0))
        self._move()

    def action_page(self, direction: int) -> None:
        """Move on by what is in sight."""
        self.action_step(direction * max(1, self.size.height - 1))

    def action_open(self) -> None:
        """Open the chosen row."""
        if self.count:
            self.post_message(self.Opened())

    def _move(self) -> None:
        self.scroll_to_region(Region(0, self.row, 1, 1), animate=False)
        self.refresh()
        self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """Give Textual one line."""
        at, width = y + self.scroll_offset.y, self.size.width
        if at >= self.count or self._draw is None:
            return Strip.blank(width, self.look.style("text"))
        line = self._draw(at, width, at == self.row)
        line.add(" " * line.left)
        return line.strip()

    def on_click(self, event: events.Click) -> None:
        """Choose a row; a click on the chosen one opens it."""
        at = event.y + self.scroll_offset.y
        if at == self.row:
            self.action_open()
        elif at < self.count:
            self.action_step(at - self.row)
