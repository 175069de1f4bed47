"""What collect says at its end: the causes that were found, and nothing that is unexplained."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaketui.commands.verdicts import verdicts
from program import SAMPLE


def test_each_failure_that_is_explained_has_one_sentence(tmp_path: Path) -> None:
    found = {each.test: each.sentence for each in verdicts(SAMPLE, tmp_path) if each.failed}
    assert set(found) == {
        "TestLedgerTransfersBothWays",
        "TestQueueDeliversInOrder",
        "TestStatsCountDeliveries",
        "TestRenderStaysWithinBudget",
    }
    assert found["TestLedgerTransfersBothWays"].startswith("Deadlock: G39 and G40 each hold")
    assert found["TestQueueDeliversInOrder"].startswith("Stuck on each other: G18")
    assert found["TestRenderStaysWithinBudget"].startswith("TestRenderStaysWithinBudget measures")


def test_of_a_file_that_is_no_bundle_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(bytes(100))
    assert verdicts(tmp_path / "x.zip", tmp_path) == ()


def test_a_bundle_with_very_much_output_is_not_read_a_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flaketui.commands.verdicts._MOST_OUTPUT", 100)
    assert verdicts(SAMPLE, tmp_path) == ()
