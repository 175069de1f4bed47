"""Lines and writes are paired within the stretches that a flight recorder left."""

from __future__ import annotations

import re

import numpy as np
import pytest

from flights import WITH_RECORDER, flight_case


@pytest.mark.parametrize("release", WITH_RECORDER)
def test_lines_within_a_window_have_their_writer_and_others_their_stamps(release: str) -> None:
    case, trace = flight_case("long", release=release)
    table, names = case.tables.output(), [test.name for test in case.tests]
    exact = table["known"] == "exact"
    within = np.array([trace.covers(at) for at in table["time_ns"].tolist()])
    assert exact.sum() > 0.9 * within.sum() > 40
    assert not (exact & ~within).any()
    told = 0
    for row, text in enumerate(table["text"].tolist()):
        of = re.search(r"(?:worker|all) of (\S+)", text)
        if of is not None:
            assert names[table["test"][row]] == of[1]
            told += bool(exact[row])
    assert told > 20
    for text in ("the first failure", "the second failure: 1"):
        (row,) = [at for at, line in enumerate(table["text"].tolist()) if line.endswith(text)]
        assert exact[row]
        assert table["goroutine"][row] == case.tests[table["test"][row]].goroutine
