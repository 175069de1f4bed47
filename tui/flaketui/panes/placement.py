"""Where panes stand on a large screen: rows from top to bottom, panes from left to right in each.

Nothing here draws: the placements are read by the command line as well, which loads no Textual.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import NamedTuple

ROW_PARTS = (5, 5, 4)
"""The share of the height of each row, from the top: parts of the sum over the rows in use."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of a pane.

    Attributes:
        row: index in ``ROW_PARTS``.
        column: its place in the row, from the left; any increasing numbers.
        parts: its share of the width that panes of a fixed percentage leave.
        percent: its share of the whole width instead; 0 for none.
        least, most: bounds in cells of a percentage.
    """

    row: int
    column: int
    parts: int = 1
    percent: int = 0
    least: int = 0
    most: int = 1 << 16


class Box(NamedTuple):
    """A rectangle of cells."""

    x: int
    y: int
    width: int
    height: int


def boxes(
    placements: Sequence[Placement],
    width: int,
    height: int,
    heights: Mapping[int, int] | None = None,
) -> list[Box]:
    """Divide an area among panes without gaps; returns a box for each placement, in its order.

    Rows without a pane take no height, and a pane alone in its row takes the whole width.

    Args:
        placements: one for each pane.
        width: of the area, in cells.
        height: of the area, in cells.
        heights: of rows by index that take no part of what is left, but so many lines; the last
            row takes what is left in any case.
    """
    rows = sorted({one.row for one in placements})
    fixed = {row: (heights or {})[row] for row in rows[:-1] if row in (heights or {})}
    fixed = fixed if sum(fixed.values()) < height else {}
    rest = height - sum(fixed.values())
    parts = sum(ROW_PARTS[row] for row in rows if row not in fixed)
    sizes = [
        Fraction(fixed[row]) if row in fixed else Fraction(ROW_PARTS[row] * rest, parts)
        for row in rows
    ]
    edges = dict(zip(rows, _edges(sizes), strict=True))
    found: dict[int, Box] = {}
    for row in rows:
        members = [index for index, one in enumerate(placements) if one.row == row]
        members.sort(key=lambda index: placements[index].column)
        y, tall = edges[row]
        widths = _widths([placements[index] for index in members], width)
        for index, (x, wide) in zip(members, widths, strict=True):
            found[index] = Box(x, y, wide, tall)
    return [found[index] for index in range(len(placements))]


def is_beside(placement: Placement, placements: Sequence[Placement]) -> bool:
    """Whether another of the placements stands to the left in the same row."""
    return any(one.row == placement.row and one.column < placement.column for one in placements)


def _widths(row: Sequence[Placement], width: int) -> list[tuple[int, int]]:
    """Return (offset, width) of each pane of a row that is ``width`` cells wide."""
    fixed: list[Fraction | None] = [
        min(max(Fraction(one.percent * width, 100), Fraction(one.least)), Fraction(one.most))
        if one.percent
        else None
        for one in row
    ]
    if all(one is not None for one in fixed):
        fixed[-1] = None
    parts = sum(one.parts for one, size in zip(row, fixed, strict=True) if size is None)
    rest = max(Fraction(0), width - sum((size for size in fixed if size is not None), Fraction(0)))
    sizes = [
        rest * one.parts / parts if size is None else size
        for one, size in zip(row, fixed, strict=True)
    ]
    return _edges(sizes)


def _edges(sizes: Sequence[Fraction]) -> list[tuple[int, int]]:
    """Round each edge down to a cell, so that sizes add up to the whole."""
    ends = [end.__floor__() for end in accumulate(sizes)]
    begins = [0, *ends][:-1]
    return [(begin, end - begin) for begin, end in zip(begins, ends, strict=True)]
