"""Lines and writes are paired within the stretches that a flight recorder left."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import flakecore
from flights import WITH_RECORDER, flight, flight_case

FAILURES = ("the first failure", "the second failure: 1")


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
    for text in FAILURES:
        row = _row_of(table, text)
        # What was read behind the window's end, on a busy machine, may be of a later write.
        assert exact[row] or not within[row]
        if exact[row]:
            assert table["goroutine"][row] == case.tests[table["test"][row]].goroutine


def test_a_line_read_behind_its_window_has_its_stamp_and_its_failure_the_time_of_the_write(
    tmp_path: Path,
) -> None:
    first, _ = FAILURES
    with (
        zipfile.ZipFile(flight("long")) as source,
        zipfile.ZipFile(tmp_path / "late.zip", "w") as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "test.json":
                target.writestr(name, _read_with_the_next(data, first))
            elif Path(name).name not in {"writes", "output"}:
                target.writestr(name, data)
    with flakecore.open(tmp_path / "late.zip") as opened:
        (case,) = opened.cases
    table, (failure, _), trace = case.tables.output(), case.failures, case.trace
    assert trace is not None
    row = _row_of(table, first)
    assert table["known"][row] == "bounded"
    assert trace.recorded[0][1] < table["time_ns"][row] < trace.recorded[1][0]
    assert table["test"][row] == failure.test
    assert trace.covers(failure.at_ns)
    assert case.tests[failure.test].goroutine


def _row_of(table: dict[str, NDArray[Any]], text: str) -> int:
    """Return the row of the line that ends so."""
    (row,) = [at for at, line in enumerate(table["text"].tolist()) if line.endswith(text)]
    return row


def _read_with_the_next(log: bytes, text: str) -> bytes:
    """Return a log in which ``go test`` read the line that ends so when it read the next one."""
    lines = log.splitlines(keepends=True)
    (nth,) = [at for at, line in enumerate(lines) if f"{text}\\n" in line.decode()]
    event, after = json.loads(lines[nth]), json.loads(lines[nth + 1])
    lines[nth] = json.dumps({**event, "Time": after["Time"]}).encode() + b"\n"
    return b"".join(lines)
