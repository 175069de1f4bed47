"""Which lines of output people see: those of crashes without the runtime's own frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import Crash
from flakecore.timeline.output.output_lines import LineColumns
from flakecore.tracebacks import has_internals, without_internals

_OF_ALL_LINES = ("texts", "places")


@dataclass(frozen=True, eq=False)
class ShownLines:
    """Which of a case's lines are shown.

    Attributes:
        row_of: (lines,), the row of each among those that are shown; of one that is not, that of
            the one before it.
        texts: by line, what is shown instead of what was printed.
        hidden: (lines,), whether each is left out.
    """

    row_of: NDArray[np.int64]
    texts: Mapping[int, str]
    hidden: NDArray[np.bool_]

    def of(self, columns: LineColumns) -> LineColumns:
        """Return the lines that are shown, of all in order of time."""
        if not self.texts and not self.hidden.any():
            return columns
        rows = np.flatnonzero(~self.hidden)
        cut = {
            each.name: getattr(columns, each.name)[rows]
            for each in fields(columns)
            if each.name not in _OF_ALL_LINES
        }
        texts = [self.texts.get(row, columns.texts[row]) for row in rows.tolist()]
        return replace(columns, **cut, texts=texts)


def shown_lines(
    columns: LineColumns, index_of: NDArray[np.int64], crashes: Sequence[Crash]
) -> ShownLines:
    """Return which lines people see: none of the runtime's own frames and goroutines in crashes.

    Args:
        columns: all lines in order of time.
        index_of: (lines,), the place in that order of each position in the output.
        crashes: those in the output.
    """
    hidden = np.zeros(len(index_of), np.bool_)
    texts: dict[int, str] = {}
    for crash in crashes:
        rows = index_of[crash.first_line : crash.last_line + 1]
        printed = [columns.texts[row] for row in rows.tolist()]
        if not any(map(has_internals, printed)):
            continue
        hidden[rows] = True
        for at, text in without_internals(printed):
            hidden[rows[at]] = False
            if text != printed[at]:
                texts[int(rows[at])] = text
    return ShownLines(np.maximum(np.cumsum(~hidden) - 1, 0), texts, hidden)
