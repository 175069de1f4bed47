"""A function's source with what a profile charges each line, in the Profile pane."""

from __future__ import annotations

from textual.strip import Strip

from flakecore.report.hotspots import format_value
from flakecore.report.profile.listing import SourceListing, listings
from flakecore.timeline import Frame
from flaketui.drawing.lines import StyledLine
from flaketui.panes.profile.flame import Flame
from flaketui.panes.profile.flame_lines import short_node_name
from flaketui.panes.source.source_lines import is_changed
from flaketui.view.scene import Scene

HEAD_ROWS = 2
"""Lines above those of the source: the function, and what the columns are."""


class SourceValues:
    """The listing of one function in one profile, and the line that one stands on."""

    def __init__(self, scene: Scene, flame: Flame, function: str) -> None:
        """List a function's lines, and stand on the one that most passes through."""
        sources = [scene.sources] if scene.sources is not None else []
        column = flame.profile.default_type
        found = listings(flame.profile, column, function.__eq__, sources)
        # Functions of one name in two files: the one that the profile charges more.
        self.listing: SourceListing | None = max(
            found, key=lambda one: abs(one.cumulative), default=None
        )
        self.flame = flame
        self.function = function
        lines = self.listing.lines if self.listing is not None else ()
        self.chosen = max(
            range(len(lines)), key=lambda at: (abs(lines[at].cumulative), -at), default=0
        )

        self._changed = self.listing is not None and _changed(scene, self.listing)

    @property
    def count(self) -> int:
        """How many lines there are."""
        return len(self.listing.lines) if self.listing is not None else 0

    def step(self, delta: int) -> None:
        """Stand on another line."""
        self.chosen = max(0, min(self.count - 1, self.chosen + delta))

    def choose(self, row: int) -> None:
        """Stand on the line that a row below the title shows, ``top`` added to it."""
        if HEAD_ROWS <= row < self.count + HEAD_ROWS:
            self.chosen = row - HEAD_ROWS

    def draw(self, scene: Scene, width: int, top: int, rows: int) -> list[Strip]:
        """Return so many lines: the function and its sum, then its lines from ``top`` on."""
        look, unit = scene.look, self.flame.unit
        head = StyledLine(look, width).add(f" {short_node_name(self.function)} ", "strong")
        if self.listing is None:
            head.add("is in no sample of this profile: C shows the graph again", "muted")
            return [head.strip(), *[StyledLine(look, width).strip()] * (rows - 1)]
        for value, word in ((self.listing.flat, "itself"), (self.listing.cumulative, "in all")):
            head.add(f" {format_value(value, unit)} {word}", "text")
        name = self.listing.file.rpartition("/")[2] or "an unknown file"
        if self.listing.texts:
            head.add(f"  {name}", "accent")
            if self._changed:
                head.add("  changed after this run", "warn")
        else:
            head.add(f"  the source of {name} is not at hand", "warn")
        columns = StyledLine(look, width).cell("itself", 9, "faint", right=True)
        columns.cell("in all", 9, "faint", right=True).cell("line", 6, "faint", right=True)
        lines = [head.strip(), columns.strip()]
        texts = self.listing.texts or ("",) * self.count
        for at in range(top, min(self.count, top + rows - HEAD_ROWS)):
            number, *charged = self.listing.lines[at]
            line = StyledLine(look, width, "selected" if at == self.chosen else "plain")
            for value in charged:
                line.cell(format_value(value, unit) if value else "", 9, "text", right=True)
            line.cell(str(number) if number else "?", 6, "faint", right=True)
            lines.append(line.found(texts[at], "text", scene.view.filter).strip())
        return [*lines, *[StyledLine(look, width).strip()] * (rows - len(lines))]


def _changed(scene: Scene, listing: SourceListing) -> bool:
    """Return whether the source on screen was changed after the run that was profiled."""
    if scene.sources is None or not listing.texts:
        return False
    line = listing.charged[-1].number
    excerpt = scene.sources.excerpt(Frame(listing.function, listing.file, line), 0)
    return excerpt is not None and is_changed(scene, excerpt)
