"""A lane's cells as segments: one character a cell, words where a run has room for them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.segment import Segment
from rich.style import Style

from flakecore.timeline import Cells, GapCells, LaneKind, State
from flaketui.drawing.glyphs import Glyphs
from flaketui.drawing.labels import state_label
from flaketui.drawing.lines import as_ascii, width_of
from flaketui.drawing.palettes import Ground
from flaketui.drawing.theme import Look

_STATES = tuple(State)
_SOLID = frozenset({State.RUNNING, State.SYSCALL})
_WORDLESS = frozenset({State.ABSENT, State.RUNNING, State.RUNNABLE, State.IDLE, State.SYSTEM})
_ROOM = 4
"""Cells a run has beyond its word before the word is written into it."""


class NamedWait(NamedTuple):
    """Words for one wait of a lane that are more specific than its state's own.

    Attributes:
        words: the words.
        state: the state that they are of; None for any wait.
        column: a column of the wait; None for every run of the state.
    """

    words: str
    state: State | None = None
    column: int | None = None

    def of(self, now: State, begin: int, end: int) -> str:
        """Return the words for a run of cells; "" where it is another wait."""
        if not now.waiting or self.state not in (None, now):
            return ""
        return self.words if self.column is None or begin <= self.column < end else ""


def lane_segments(
    cells: Cells,
    kind: LaneKind,
    look: Look,
    ground: Ground,
    cursor: int,
    followed: int,
    gaps: Sequence[GapCells] = (),
    named: NamedWait | None = None,
    marks: Mapping[int, tuple[str, Style]] | None = None,
) -> list[Segment]:
    """Draw a lane.

    Args:
        cells: its states per column.
        look: styles and glyphs.
        kind: procs and threads show in each run what they are occupied by.
        ground: what the row lies on.
        cursor: the column to draw the cursor in, or -1.
        followed: the goroutine that is selected: where it runs on a proc stands out.
        gaps: columns that stand for folded time.
        named: words for a wait that are more specific than its state, on this lane.
        marks: characters that take the place of cells, by column.
    """
    columns = len(cells.state)
    if not columns:
        return []
    characters: list[str] = []
    styles: list[Style] = []
    written: set[int] = set()
    labelled: State | None = None
    occupied = kind is not LaneKind.GOROUTINE
    for begin, end, now, cell, who in _runs(cells, look.glyphs, occupied=occupied):
        size = end - begin
        style, word = look.state(now, ground), ""
        if who >= 0:
            word = str(who)
            if who & 1 and cell == look.glyphs.states[State.RUNNING]:
                cell = look.glyphs.second_running
            if kind is LaneKind.PROC and who == followed:
                style = look.style("accent", ground)
        elif now not in _WORDLESS and cell == look.glyphs.states[now]:
            words = _wait_words(named.of(now, begin, end), now, look) if named is not None else ""
            if words and size >= len(words) + _ROOM:
                word = words
            elif now is not labelled:
                word = state_label(now)
        characters += cell * size
        styles += [style] * size
        if word and now in _SOLID and size > len(word):
            characters[begin : begin + len(word)] = word
            styles[begin : begin + len(word)] = [look.inside(now)] * len(word)
            written.update(range(begin, begin + len(word)))
        elif word and size >= len(word) + _ROOM:
            characters[begin + 1 : begin + len(word) + 3] = f" {word} "
            written.update(range(begin + 1, begin + len(word) + 3))
            labelled = now
        elif now.waiting and now is not labelled:
            labelled = None
    mark_gaps(characters, styles, gaps, look, ground, written)
    for column, (character, style) in (marks or {}).items():
        characters[column], styles[column] = character, style
    if 0 <= cursor < columns:
        styles[cursor] = look.cursor(ground)
    return merge(characters, styles)


def _wait_words(words: str, now: State, look: Look) -> str:
    """Return words for a wait behind its state; "" for what does not take a cell a character."""
    label = state_label(now)
    whole = words if not words or "0x" in words or words.startswith(label) else f"{label} {words}"
    shown = as_ascii(whole) if look.ascii else whole
    return shown if shown.isprintable() and width_of(shown) == len(shown) else ""


def mark_gaps(
    characters: list[str],
    styles: list[Style],
    gaps: Sequence[GapCells],
    look: Look,
    ground: Ground = "plain",
    written: Container[int] = (),
) -> None:
    """Mark both edges of each gap in a row of cells, but not over what is ``written`` there."""
    for cells in gaps:
        for column in (cells.first, cells.last - 1):
            if column not in written:
                characters[column] = look.glyphs.gap
                styles[column] = look.style("faint", ground)


_FULL = 7
"""The height at which a column counts as running throughout."""


def _runs(
    cells: Cells, glyphs: Glyphs, *, occupied: bool
) -> Iterator[tuple[int, int, State, str, int]]:
    """Yield each run of like columns: begin, end, state, character, occupant.

    A column whose short state would be lost is a run of its own. A column that ran for part of its
    time is as high as that part; one that ran shortly among others that did not has a thin mark,
    and so has any other short state.
    """
    short = (cells.thin != 0) & (cells.thin != cells.state)
    running = (cells.state == State.RUNNING) | (short & (cells.thin == State.RUNNING))
    state = np.where(short, cells.thin, cells.state)
    state = np.where(running, np.uint8(State.RUNNING), state)
    height = np.minimum(cells.work.astype(np.int64) * 8 // 255, _FULL)
    alone = short & ~_has_neighbour(short | (cells.work > 0))
    # What a column is drawn as: 0 its state, 1 a thin mark, 2 a sparse one, 3 and on a height.
    drawn = np.where(alone, 1, np.where(short, 2, 0))
    drawn = np.where(running & ~alone & (height < _FULL), 3 + height, drawn)
    drawn = np.where(running & ~alone & (height >= _FULL), 0, drawn)
    change = (state[1:] != state[:-1]) | (drawn[1:] != drawn[:-1])
    if occupied:
        change |= cells.occupant[1:] != cells.occupant[:-1]
    bounds = [0, *(np.flatnonzero(change) + 1).tolist(), len(state)]
    for begin, end in pairwise(bounds):
        who = int(cells.occupant[begin]) if occupied and not drawn[begin] else -1
        now, kind = _STATES[state[begin]], int(drawn[begin])
        own = (glyphs.states[now], glyphs.thin, glyphs.sparse)
        yield begin, end, now, own[kind] if kind < 3 else glyphs.bars[kind - 3], who


def _has_neighbour(columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return (columns,) whether either neighbour of a column is one of those given."""
    found = np.zeros(len(columns), np.bool_)
    found[1:] |= columns[:-1]
    found[:-1] |= columns[1:]
    return found


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
