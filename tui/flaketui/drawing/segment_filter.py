"""The last thing that happens to text before Textual sends it to the terminal.

Panes mark what is unsafe where they lay text out (``lines``), so that widths are right. Dialogs,
prompts, messages and whatever a widget of Textual draws come through here as well.
"""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from flakecore.text.printable import printable


class PrintableFilter(LineFilter):
    """Takes out of each line of the screen what a terminal would act upon.

    Textual has given these characters no width, so what is left is as wide as it has computed.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with printable text."""
        del background
        if all(segment.text.isprintable() for segment in segments):
            return segments
        return [
            segment
            if segment.text.isprintable()
            else Segment(_without_marked(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def _without_marked(text: str) -> str:
    return "".join(one for one, shown in zip(text, printable(text), strict=True) if one == shown)
