"""How the Profile pane shares its lines: the graph or what stands in its place, and the table."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from flaketui.drawing.lines import StyledLine
from flaketui.panes.profile.flame_graph import FlameGraph
from flaketui.panes.profile.flame_lines import Marks
from flaketui.panes.profile.profile_table import frame_line, table_lines
from flaketui.panes.profile.series_list import SeriesList
from flaketui.panes.profile.source_values import SourceValues
from flaketui.view.scene import Scene

_TABLE = 46
"""Cells of the table beside the graph."""
_BESIDE = 110
"""Width from which the table stands beside the graph, and not below it."""
_ROWS_BELOW = 5
"""Rows of the table below the graph."""
_HEAD_ROWS = 2
"""Lines above the rows of what stands in the graph's place."""


class Split(NamedTuple):
    """Where graph and table stand.

    Attributes:
        width: cells of the graph.
        rows: lines of it.
        table_width: cells of the table.
        table_rows: lines of it.
        table_top: the pane's line in which its first row stands.
        beside: whether it stands beside the graph.
    """

    width: int
    rows: int
    table_width: int
    table_rows: int
    table_top: int
    beside: bool


class Shown(NamedTuple):
    """What is drawn.

    Attributes:
        graph: the graph, of which the table is.
        instead: the source or the series that stands in its place; None for the graph.
        cumulative: whether the table is ordered by what passes through a function.
        inverted: whether callees stand on top.
    """

    graph: FlameGraph
    instead: SourceValues | SeriesList | None
    cumulative: bool
    inverted: bool

    @property
    def used(self) -> int:
        """How many lines show everything."""
        if self.instead is None:
            return len(self.graph.rows)
        return self.instead.count + _HEAD_ROWS

    def split(self, width: int, height: int) -> Split:
        """Return where both stand in so many lines below the title."""
        if width >= _BESIDE:
            room = width - _TABLE - 1
            self.graph.cut(room)
            return Split(room, height, _TABLE, height, 2, beside=True)
        self.graph.cut(width)
        rows = max(3, height - _ROWS_BELOW - 2)
        if self.instead is None:
            rows = min(rows, max(len(self.graph.rows), 3))
        return Split(width, rows, width, height - rows - 1, rows + 3, beside=False)

    def followed(self, split: Split) -> tuple[int, int, int]:
        """Return the chosen row, how many rows there are, and how many lines are theirs."""
        if self.instead is None:
            return self.graph.chosen_row, len(self.graph.rows), split.rows
        return self.instead.chosen, self.instead.count, split.rows - _HEAD_ROWS

    def lines(self, scene: Scene, split: Split, top: int) -> list[Strip]:
        """Return all lines below the title, the graph's rows from ``top`` on."""
        table = self._table(scene, split.table_width, split.table_rows)
        lines = self._graph_lines(scene, split, top)
        if not split.beside:
            return [*lines, self._frame(scene, split.width), *table]
        if not isinstance(self.instead, SeriesList):
            lines[-1] = self._frame(scene, split.width)
        divider = StyledLine(scene.look, 1).add(scene.look.glyphs.divider, "faint").strip()
        return [Strip.join([a, divider, b]) for a, b in zip(lines, table, strict=False)]

    def _graph_lines(self, scene: Scene, split: Split, top: int) -> list[Strip]:
        if self.instead is not None:
            return self.instead.draw(scene, split.width, top, split.rows)
        graph = self.graph
        marks = Marks(-1, graph.flame.matching(scene.view.filter))
        lines = [graph.line(row, scene.look, marks) for row in graph.rows[top:][: split.rows]]
        blank = StyledLine(scene.look, split.width).strip()
        return lines + [blank] * (split.rows - len(lines))

    def _frame(self, scene: Scene, width: int) -> Strip:
        graph = self.graph
        outward = graph.chosen.above or (self.inverted and not graph.flame.around)
        return frame_line(scene, graph.half, graph.chosen.frame, width, outward=outward)

    def _table(self, scene: Scene, width: int, height: int) -> list[Strip]:
        chosen = self.graph.chosen.frame
        return table_lines(
            scene, self.graph.half, chosen, width, height, cumulative=self.cumulative
        )
