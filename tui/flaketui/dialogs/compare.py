"""The comparison of a failing run with one that passed, over the panes."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from flaketui.dialogs.scrolling import ScrollingDialog
from flaketui.dialogs.side_by_side import Aligned, SideBySide, comparison_lines
from flaketui.drawing.theme import Look


class CompareText(ScrollView, can_focus=True):
    """The lines of the comparison, laid out anew at each width.

    Attributes:
        aligned: which moment of both runs stands in the same column.
    """

    def __init__(self, look: Look, data: SideBySide) -> None:
        super().__init__(id="compare-text")
        self._look = look
        self._data = data
        self._lines: list[Strip] = []
        self.aligned = Aligned.START

    def align(self, aligned: Aligned) -> None:
        """Draw both timelines with another moment in the same column."""
        self.aligned = aligned
        self._lay_out()

    def on_resize(self, _: events.Resize) -> None:
        """Draw at the new width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(20, self.size.width)
        self._lines = comparison_lines(self._data, self._look, width, self.aligned)
        self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Give Textual one line."""
        at = y + self.scroll_offset.y
        style = self._look.style("text")
        width = self.size.width
        line = self._lines[at] if at < len(self._lines) else Strip.blank(width, style)
        return line.crop_extend(0, width, style)


class CompareScreen(ScrollingDialog):
    """Shows two runs of a test, one above the other; ``t`` aligns them at another moment."""

    DEFAULT_CSS = """
    CompareScreen { background: $background; }
    #compare-text {
        width: 100%; height: 100%; border: solid $primary; background: $background;
        scrollbar-size-vertical: 0; scrollbar-size-horizontal: 0;
    }
    .-ascii #compare-text { border: ascii $primary; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,d,enter", "dismiss", "close", show=False),
        Binding("t", "align", "align", show=False),
    ]

    def __init__(self, look: Look, data: SideBySide) -> None:
        self._text = CompareText(look, data)
        super().__init__("compare", self._text)
        self._data = data

    def on_mount(self) -> None:
        """Name the box and the keys that work in it."""
        self._text.border_title = "two runs"
        aligns = "t align, " if self._data.can_align_at_step else ""
        self._text.border_subtitle = f"{aligns}j k scroll, q close"
        self._text.focus()

    def action_align(self) -> None:
        """Align both runs at the step that differs, or at the test's start again."""
        if self._data.can_align_at_step:
            at_start = self._text.aligned is Aligned.START
            self._text.align(Aligned.STEP if at_start else Aligned.START)
