"""Tests and the lines of their output as tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flakecore.gotest.logs.levels import level_of
from flakecore.timeline.output.output_lines import TIME_SOURCES, OutputLines
from flakecore.timeline.tables.columns import Table, numbered_text, text_column
from flakecore.timeline.test_spans import TestSpan


def test_table(tests: Sequence[TestSpan]) -> Table:
    """Return all tests; ``CaseTables.tests`` documents the columns."""
    return {
        "name": text_column([test.name for test in tests]),
        "parent": np.array([test.parent for test in tests], np.int32),
        "attempt": np.array([test.attempt for test in tests], np.int32),
        "status": text_column([test.status.value for test in tests]),
        "start_ns": np.array([test.start_ns for test in tests], np.int64),
        "end_ns": np.array([test.end_ns for test in tests], np.int64),
        "paused_ns": np.array(
            [sum(end - start for start, end in test.waits) for test in tests], np.int64
        ),
        "goroutine": np.array([test.goroutine for test in tests], np.int64),
    }


def output_table(output: OutputLines) -> Table:
    """Return all lines of output; ``CaseTables.output`` documents the columns."""
    columns = output.columns
    return {
        "time_ns": columns.time,
        "error_ns": columns.error,
        "known": numbered_text(columns.time_source, lambda number: TIME_SOURCES[number].value),
        "test": columns.test,
        "reported_test": columns.reported_test,
        "goroutine": columns.goroutine,
        "file": numbered_text(columns.place, lambda number: columns.places[number][0]),
        "line": np.array([line for _, line in columns.places], np.int32)[columns.place],
        "level": text_column([level_of(text).name.lower() for text in columns.texts]),
        "text": text_column(columns.texts),
    }
