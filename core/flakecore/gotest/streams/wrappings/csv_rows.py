"""Lines as rows of CSV, as log services export them: ``2026-03-01T10:00:00Z,node-7,"text"``.

A cell with quotes, commas or line ends stands in quotes, in which a quote is two (RFC 4180). A
whole log in one cell is known by the quote before its first line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from flakecore.gotest.streams.wrappings.landmarks import LANDMARK, landmark_in
from flakecore.gotest.streams.wrappings.rows import Row, Wrapping, of_each_line

_CELL = r'"(?:[^"]|"")*+"'
_ROW = re.compile(rf'((?:[^",\n]*,|{_CELL},)*)({_CELL})((?:,[^",\n]*|,{_CELL})*)\s*\Z')
_BEFORE = re.compile(rf'({_CELL}|[^",\n]*)(?:,|\Z)')
_OPEN = re.compile(r'(?:[^",\n]*,|"(?:[^"]|"")*+",)*"(?!,)')
_SHARE = 0.9
"""Share of lines that are such rows, from which on a log is one of rows. Chosen."""
_MOST_CELLS = 20
_HEADINGS = 3
"""Lines among which a log in one cell begins: one with the columns' names may stand above it."""


def find_csv(lines: Sequence[str]) -> Wrapping | None:
    """Return that each line is a row with its text in quotes, or that one cell holds them all."""
    given = [line for line in lines if line.strip()]
    rows = [found for line in given if (found := _row(line)) is not None]
    if rows and len(rows) >= _SHARE * len(given):
        cells = [_cells(found) for found in rows]
        for at in range(-1, -min(_MOST_CELLS, min(map(len, cells))) - 1, -1):
            if any(LANDMARK.search(each[at]) for each in cells):
                return Wrapping("CSV", of_each_line(partial(_cell_at, at)))
    if any(map(_begins_cell, given[:_HEADINGS])) and _ends_cell(given[-1]):
        return Wrapping("CSV cell", _without_cell) if any(map(landmark_in, given)) else None
    return None


def _row(line: str) -> re.Match[str] | None:
    return _ROW.match(line) if line.rstrip().endswith('"') or '",' in line else None


def _cells(found: re.Match[str]) -> list[str]:
    """Return the cells of a row up to the last in quotes, without theirs."""
    cells = _BEFORE.findall(found[1] + found[2])
    return [each[1:-1].replace('""', '"') if each.startswith('"') else each for each in cells]


def _cell_at(at: int, line: str) -> str:
    found = _row(line)
    cells = _cells(found) if found is not None else []
    return cells[at] if len(cells) >= -at else line


def _begins_cell(line: str) -> bool:
    """Return whether a line has the beginning of a cell that goes on below."""
    return line.count('"') % 2 == 1 and _OPEN.match(line) is not None


def _ends_cell(line: str) -> bool:
    return line.count('"') % 2 == 1 and line.rstrip().endswith('"')


def _without_cell(rows: Iterable[Row], _: Counter[str]) -> Iterator[Row]:
    """Yield rows without what stands before and behind the first cell of several lines."""
    is_before = is_inside = True
    for wall, line in rows:
        found = _OPEN.match(line) if is_before and _begins_cell(line) else None
        if found is not None:
            is_before, line = False, line[found.end() :]
        elif not is_before and is_inside and line.count('"') % 2:
            is_inside, line = False, line.rpartition('"')[0]
        yield wall, line if is_before else line.replace('""', '"')
