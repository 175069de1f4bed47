"""The list over the bottom of the panes: what a search has found of what is typed so far."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.widgets import Static

from flakecore.text.printable import printable

SHOWN = 8
"""Matches that are listed; the first line has how many there are."""


class MatchList(Static):
    """Lines over the panes, on screen only while there are some."""

    def __init__(self) -> None:
        super().__init__(id="matches")
        self.display = False

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show these lines; none takes the list away."""
        self.display = bool(lines)
        # Rich's text is never read as markup.
        self.update(Text("\n".join(printable(line) for line in lines), no_wrap=True))
