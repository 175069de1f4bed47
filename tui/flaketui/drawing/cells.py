"""A lane's cells as segments: one character a cell, words where a run has room for them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from rich.segment import Segment
from rich.style import Style

from flakecore.timeline import Cells, LaneKind, State
from flaketui.drawing.labels import state_label
from flaketui.drawing.theme import Ground, Look

_STATES = tuple(State)
_SOLID = frozenset({State.RUNNING, State.SYSCALL})
_WORDLESS = frozenset({State.ABSENT, State.RUNNING, State.RUNNABLE, State.IDLE, State.SYSTEM})
_ROOM = 4
"""Cells a run has beyond its word before the word is written into it."""


def lane_segments(
    cells: Cells, kind: LaneKind, look: Look, ground: Ground, cursor: int, followed: int
) -> list[Segment]:
    """Draw a lane.

    Args:
        cells: its states per column.
        look: styles and glyphs.
        kind: procs and threads show in each run what they are occupied by.
        ground: what the row lies on.
        cursor: the column to draw the cursor in, or -1.
        followed: the goroutine that is selected: where it runs on a proc stands out.
    """
    columns = len(cells.state)
    if not columns:
        return []
    characters: list[str] = []
    styles: list[Style] = []
    labelled: State | None = None
    for begin, end, now, short, who in _runs(cells, occupied=kind is not LaneKind.GOROUTINE):
        size = end - begin
        if short:
            characters += look.glyphs.thin * size
            styles += [look.state(now, ground)] * size
            continue
        glyph, style, word = look.glyphs.states[now], look.state(now, ground), ""
        if who >= 0:
            word = str(who)
            if who & 1 and now is State.RUNNING:
                glyph = look.glyphs.second_running
            if kind is LaneKind.PROC and who == followed:
                style = look.style("accent", ground)
        elif now not in _WORDLESS and now is not labelled:
            word = state_label(now)
        characters += glyph * size
        styles += [style] * size
        if word and now in _SOLID and size > len(word):
            characters[begin : begin + len(word)] = word
            styles[begin : begin + len(word)] = [look.inside(now)] * len(word)
        elif word and size >= len(word) + _ROOM:
            characters[begin + 1 : begin + len(word) + 3] = f" {word} "
            labelled = now
        elif now.waiting and now is not labelled:
            labelled = None
    if 0 <= cursor < columns:
        styles[cursor] = look.cursor(ground)
    return merge(characters, styles)


def _runs(cells: Cells, *, occupied: bool) -> Iterator[tuple[int, int, State, bool, int]]:
    """Yield each run of like columns: begin, end, state, whether it is a thin mark, occupant.

    A column whose short state would be lost is a run of its own.
    """
    short = (cells.thin != 0) & (cells.thin != cells.state)
    state = np.where(short, cells.thin, cells.state)
    change = (state[1:] != state[:-1]) | (short[1:] != short[:-1])
    if occupied:
        change |= cells.occupant[1:] != cells.occupant[:-1]
    bounds = [0, *(np.flatnonzero(change) + 1).tolist(), len(state)]
    for begin, end in pairwise(bounds):
        who = int(cells.occupant[begin]) if occupied else -1
        yield begin, end, _STATES[state[begin]], bool(short[begin]), who


def merge(characters: list[str], styles: list[Style]) -> list[Segment]:
    """Join neighbouring characters of one style into segments."""
    segments: list[Segment] = []
    begin = 0
    for end in range(1, len(styles) + 1):
        if end == len(styles) or styles[end] is not styles[begin]:
            segments.append(Segment("".join(characters[begin:end]), styles[begin]))
            begin = end
    return segments


def heights(values: list[int], top: int, bars: str) -> list[str]:
    """Return a bar for each value up to ``top``; a space where a value is negative (not known)."""
    steps = len(bars)
    scale = max(top, 1)
    return [
        " " if value < 0 else bars[min(steps - 1, value * steps // (scale + 1))] for value in values
    ]


def plot(values: list[int], goals: list[int], bars: str, line: str, rows: int) -> list[list[str]]:
    """Return rows of cells, the top one first: a bar for each value, a line for each goal above it.

    Both are scaled to the highest of all; what is negative is not known and leaves its cells empty.
    """
    steps = len(bars)
    scale = max(1, *values, *goals)
    cells = [[" "] * len(values) for _ in range(rows)]
    for column, (value, goal) in enumerate(zip(values, goals, strict=True)):
        if goal >= 0:
            cells[rows - 1 - min(rows - 1, goal * rows // (scale + 1))][column] = line
        height = value * steps * rows // (scale + 1) + 1 if value >= 0 else 0
        for row in range(rows):
            filled = min(steps, height - row * steps)
            if filled > 0:
                cells[rows - 1 - row][column] = bars[filled - 1]
    return cells
