"""A lane's cells as segments: one character a cell, words where a run has room for them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from rich.segment import Segment
from rich.style import Style

from flakecore.timeline import Cells, LaneKind, State
from flaketui.theme import Ground, Look

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
    state, occupant = cells.state, cells.occupant
    columns = len(state)
    if not columns:
        return []
    occupied = kind is not LaneKind.GOROUTINE
    change = state[1:] != state[:-1]
    if occupied:
        change |= occupant[1:] != occupant[:-1]
    starts = [0, *(np.flatnonzero(change) + 1).tolist(), columns]

    characters: list[str] = []
    styles: list[Style] = []
    for begin, end in pairwise(starts):
        now = _STATES[state[begin]]
        size = end - begin
        glyph = look.glyphs.states[now]
        style = look.state(now, ground)
        word = ""
        if occupied:
            who = int(occupant[begin])
            if who >= 0:
                word = str(who)
                if who & 1 and now is State.RUNNING:
                    glyph = look.glyphs.second_running
                if kind is LaneKind.PROC and who == followed:
                    style = look.style("accent", ground)
        elif now not in _WORDLESS:
            word = now.label
        characters += glyph * size
        styles += [style] * size
        if word and now in _SOLID and size > len(word):
            characters[begin : begin + len(word)] = word
            inside = look.inside(now)
            styles[begin : begin + len(word)] = [inside] * len(word)
        elif word and size >= len(word) + _ROOM:
            characters[begin + 1 : begin + len(word) + 3] = f" {word} "

    thin = cells.thin
    for column in np.flatnonzero((thin != 0) & (thin != state)).tolist():
        characters[column] = look.glyphs.thin
        styles[column] = look.state(_STATES[thin[column]], ground)
    if 0 <= cursor < columns:
        styles[cursor] = look.style("strong", "cursor")
    return merge(characters, styles)


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
