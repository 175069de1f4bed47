"""Between which moments a line was written."""

from __future__ import annotations

import numpy as np

from flakecore.timeline.output.line_bounds import ALWAYS, line_bounds
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource

_READ = (
    (100, 0, TimeSource.EXACT),
    (160, 70, TimeSource.BOUNDED),
    (140, 0, TimeSource.EXACT),
    (200, 30, TimeSource.STAMPED),
    (200, 0, TimeSource.UNKNOWN),
)
"""Time, error and source of lines as they were read; the third was stamped late."""


def test_a_line_was_written_after_the_writes_before_it_began_and_by_its_latest_time() -> None:
    order = np.argsort([time for time, _, _ in _READ], kind="stable")
    index_of = np.empty(len(_READ), np.int64)
    index_of[order] = np.arange(len(_READ))
    rows = [_READ[at] for at in order.tolist()]
    none = np.zeros(len(rows), np.int32)
    output = LineColumns(
        time=np.array([time for time, _, _ in rows], np.int64),
        error=np.array([error for _, error, _ in rows], np.int64),
        time_source=np.array([TIME_SOURCES.index(source) for _, _, source in rows], np.uint8),
        test=none,
        reported_test=none,
        goroutine=none.astype(np.int64),
        place=none,
        texts=[""] * len(rows),
        places=[("", 0)],
    )
    bounds = line_bounds(output, index_of)
    assert [bounds(at) for at in range(len(_READ))] == [
        (100, 100),
        (100, 230),
        (140, 140),
        (140, 230),
        ALWAYS,
    ]
