"""Folded stacks add up to what the tables say."""

from __future__ import annotations

import numpy as np
import pytest

from flakecore.errors import ProfileError
from flakecore.report import ExportRequest
from report.exports.exported import exported, opened_sample


def total(text: bytes) -> int:
    return sum(int(line.rpartition(" ")[2]) for line in text.decode().splitlines())


def test_waits_add_up_to_those_of_the_table() -> None:
    with opened_sample() as (_, case):
        waits = case.tables.waits()
    counted = ~waits["system"] & ~np.isin(waits["state"], ("GC", "system"))
    spent = (waits["end_ns"] - waits["start_ns"])[counted].sum()
    assert total(exported("folded", ExportRequest())) == pytest.approx(int(spent), rel=1e-3)


def test_one_test_has_its_own_stacks_only() -> None:
    text = exported("folded", ExportRequest(test="TestLedgerTransfersBothWays")).decode()
    assert "TestLedgerTransfersBothWays.func1;example.com/flaky/courier.Transfer" in text
    assert "TestQueueDeliversInOrder" not in text


def test_samples_of_the_processor_are_another_kind() -> None:
    assert total(exported("folded", ExportRequest(kind="trace-cpu"))) % 10_000_000 == 0


def test_a_profile_without_times_refuses_a_window() -> None:
    with pytest.raises(ProfileError, match="knows no times"):
        exported("folded", ExportRequest(kind="cpu", from_ns=0))
