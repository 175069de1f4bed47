"""The help screen: every key with what it does, and what the cells of a lane mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from flakecore.timeline import State
from flaketui.dialogs.scrolling import ScrollingDialog
from flaketui.drawing.lines import StyledLine, fit
from flaketui.drawing.theme import Look
from flaketui.view.key import Key

WIDTH = 72
KeyGroup = tuple[str, Sequence[Key]]
"""A heading of the help, and its keys."""


def help_lines(look: Look, groups: Iterable[KeyGroup]) -> list[Strip]:
    """Return the whole help as lines: each heading with its keys, then the glyphs."""
    lines: list[Strip] = []
    for group, keys in groups:
        lines += [StyledLine(look, WIDTH).add(f" {group}", "title").strip()]
        for key in keys:
            line = StyledLine(look, WIDTH).add(f"   {fit(key.shown, 10)}", "accent")
            lines.append(line.add(key.help).strip())
        lines.append(StyledLine(look, WIDTH).strip())
    lines.append(StyledLine(look, WIDTH).add(" A lane's cells", "title").strip())
    states = [state for state in State if state is not State.ABSENT]
    half = (len(states) + 1) // 2
    for left, right in zip(states[:half], [*states[half:], None], strict=False):
        line = StyledLine(look, WIDTH)
        for state in (left, right):
            if state is not None:
                line.add("   ").styled(look.glyphs.states[state] * 4, look.state(state))
                line.add(f"  {fit(state.label, 26)}")
        lines.append(line.strip())
    line = StyledLine(look, WIDTH).add(f"   {look.glyphs.thin}     a span too short for its cell")
    lines.append(line.strip())
    for glyph, words in (
        (look.glyphs.cursor, "cursor"),
        (look.glyphs.mark, "mark"),
        (look.glyphs.failure, "failure"),
        (look.glyphs.stop, "stopped world"),
        (look.glyphs.log, "a line that the goroutine printed, or logged into the trace"),
        (look.glyphs.leak, "its test passed and ended: it was left behind for good"),
    ):
        lines.append(StyledLine(look, WIDTH).add(f"   {glyph}     {words}").strip())
    return lines


class HelpText(ScrollView, can_focus=True):
    """The lines of the help, scrolled where the screen is small."""

    def __init__(self, look: Look, groups: Iterable[KeyGroup]) -> None:
        super().__init__(id="help-text")
        self.look = look
        self.lines = help_lines(look, groups)
        self.virtual_size = Size(WIDTH, len(self.lines))

    def render_line(self, y: int) -> Strip:
        """Give Textual one line."""
        at = y + self.scroll_offset.y
        style = self.look.style("text")
        line = self.lines[at] if at < len(self.lines) else Strip.blank(WIDTH, style)
        return line.crop_extend(0, self.size.width, style)


class HelpScreen(ScrollingDialog):
    """Shows the help over the panes; any of the usual keys for leaving closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "close", show=False),
    ]

    def __init__(self, look: Look, groups: Iterable[KeyGroup]) -> None:
        self._text = HelpText(look, groups)
        super().__init__("help", self._text)

    def on_mount(self) -> None:
        """Name the box and the keys that work in it."""
        self._text.border_title = "keys"
        self._text.border_subtitle = "j k scroll, q close"
