"""A dialog of one text that scrolls."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widget import Widget


class ScrollingDialog(ModalScreen[None]):
    """Shows a text over the panes, and scrolls it by the usual keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll(1)", "down", show=False),
        Binding("k,up", "scroll(-1)", "up", show=False),
        Binding("pagedown,space", "scroll(10)", "page down", show=False),
        Binding("pageup", "scroll(-10)", "page up", show=False),
    ]

    def __init__(self, name: str, text: Widget) -> None:
        """Take the screen's id and the widget with the text."""
        super().__init__(id=name)
        self._scrolled = text

    def compose(self) -> ComposeResult:
        """Show the text in a box."""
        yield self._scrolled

    def action_scroll(self, delta: int) -> None:
        """Scroll by lines."""
        self._scrolled.scroll_relative(y=delta, animate=False)
