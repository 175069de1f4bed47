"""Which lines of output people see: those of crashes without the runtime's own frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import Crash, TextsAt
from flakecore.text.tracebacks import has_internals, without_internals
from flakecore.timeline.output.output_lines import LineColumns

_OF_ALL_LINES = ("texts", "places")


@dataclass(frozen=True, eq=False)
class ShownLines:
    """Which of a case's lines are shown.

    Attributes:
        hidden: (lines left out,) the row of each among all lines in order of time, ascending.
        texts: by row, what is shown instead of what was printed.
    """

    hidden: NDArray[np.int64]
    texts: Mapping[int, str]

    def row_of(self, row: int) -> int:
        """Return the row of a line among those that are shown; of one that is not, that before."""
        return max(row - int(np.searchsorted(self.hidden, row, side="right")), 0)

    def of(self, columns: LineColumns) -> LineColumns:
        """Return the lines that are shown, of all in order of time."""
        if not self.texts and not len(self.hidden):
            return columns
        count = len(columns.texts)
        is_shown = np.ones(count, np.bool_)
        is_shown[self.hidden] = False
        rows = np.flatnonzero(is_shown)
        cut: dict[str, Any] = {
            each.name: _rows_of(getattr(columns, each.name), rows)
            for each in fields(columns)
            if each.name not in _OF_ALL_LINES
        }
        return replace(columns, **cut, texts=TextsAt(columns.texts, rows, self.texts))


def _rows_of(column: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[Any]:
    """Return rows of a column; one that is the same in all rows takes no memory."""
    if column.strides == (0,):
        return np.broadcast_to(column[:1], len(rows))
    return np.take(column, rows)


def shown_lines(
    columns: LineColumns, index_of: NDArray[np.signedinteger], crashes: Sequence[Crash]
) -> ShownLines:
    """Return which lines people see: none of the runtime's own frames and goroutines in crashes.

    Args:
        columns: all lines in order of time.
        index_of: (lines,), the place in that order of each position in the output.
        crashes: those in the output.
    """
    hidden = [np.zeros(0, np.int64)]
    texts: dict[int, str] = {}
    for crash in crashes:
        rows = index_of[crash.first_line : crash.last_line + 1]
        printed = [columns.texts[row] for row in rows.tolist()]
        if not any(map(has_internals, printed)):
            continue
        is_hidden = np.ones(len(rows), np.bool_)
        for at, text in without_internals(printed):
            is_hidden[at] = False
            if text != printed[at]:
                texts[int(rows[at])] = text
        hidden.append(rows[is_hidden].astype(np.int64))
    return ShownLines(np.sort(np.concatenate(hidden)), texts)
