"""A trace for Perfetto holds what the tables of the case hold, by Perfetto's own messages."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from flakecore.errors import TraceError
from flakecore.report import ExportRequest
from program import SAMPLE
from report.perfetto.traces import KINDS, case_and_trace, sample


def test_tests_output_and_failures_are_told_on_the_tests() -> None:
    case, found = sample()
    assert Counter((each.name, each.start) for each in found.of_category("test")) == Counter(
        (test.name, test.start_ns - min(0, case.start_ns)) for test in case.tests
    )
    output = case.tables.output()
    told = [text for _, text, category, _, _ in found.instants if category == "output"]
    assert Counter(told) == Counter(text or " " for text in output["text"].tolist())
    failed = [
        (found.path(track)[-1], text)
        for _, text, category, track, _ in found.instants
        if category == "failure"
    ]
    assert len(failed) == len(case.failures)
    assert (
        "TestLedgerTransfersBothWays",
        "timeout: Deadlock: G39 and G40 each hold from.mu (ledger.go:31) and wait for the other's:"
        " to.mu (ledger.go:38)",
    ) in failed


def test_a_window_holds_what_touches_it_and_nothing_else() -> None:
    begin, end = 1_000_000_000, 1_200_000_000
    window = ExportRequest(from_ns=begin, to_ns=end)
    case, found, _ = case_and_trace(str(SAMPLE), request=window)
    table = case.tables.intervals()
    touched = (table["end_ns"] >= begin) & (table["start_ns"] <= end)
    for kind, category in KINDS.items():
        inside = touched & (table["kind"] == kind)
        assert len(found.of_category(category)) == int(inside.sum())
    output = case.tables.output()["time_ns"]
    lines = [each for each in found.instants if each[2] == "output"]
    assert len(lines) == int(((output >= begin) & (output <= end)).sum())


@pytest.mark.slow
def test_one_test_has_its_own_goroutines_and_those_that_woke_them_by_name() -> None:
    request = ExportRequest(test="TestLedgerTransfersBothWays")
    case, found, _ = case_and_trace(str(SAMPLE), request=request)
    table = case.tables.goroutines()
    (test,) = np.flatnonzero(case.tables.tests()["name"] == "TestLedgerTransfersBothWays")
    own = {f"G{number}" for number in table["goroutine"][table["test"] == test].tolist()}
    assert own == {
        found.tracks[each.track][0].partition(" ")[0] for each in found.of_category("goroutine")
    }
    assert {each.name for each in found.of_category("test")} == {"TestLedgerTransfersBothWays"}


def test_what_has_no_time_at_all_is_told(tmp_path: Path) -> None:
    log = tmp_path / "junit.xml"
    log.write_text('<testsuite name="p"><testcase name="TestA" classname="p"/></testsuite>')
    with pytest.raises(TraceError, match="neither a trace nor output"):
        case_and_trace(str(log))
