"""What collect says at its end: the causes that were found, and nothing that is unexplained."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaketui.commands.collecting.collect import verdict_lines
from flaketui.commands.collecting.verdicts import Verdict, Verdicts, verdicts
from program import SAMPLE


def test_each_failure_that_is_explained_has_one_sentence(tmp_path: Path) -> None:
    found = {each.test: each.sentence for each in verdicts(SAMPLE, tmp_path, 1).told if each.failed}
    assert set(found) == {
        "TestLedgerTransfersBothWays",
        "TestQueueDeliversInOrder",
        "TestStatsCountDeliveries",
        "TestRenderStaysWithinBudget",
    }
    assert found["TestLedgerTransfersBothWays"].startswith("Deadlock: G39 and G40 each hold")
    assert found["TestQueueDeliversInOrder"].startswith("G34 receives from q.wake")
    assert found["TestRenderStaysWithinBudget"].startswith(
        "G19 of TestRenderStaysWithinBudget was ready without a proc"
    )


def test_of_a_file_that_is_no_bundle_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(bytes(100))
    assert verdicts(tmp_path / "x.zip", tmp_path, 1) == Verdicts()


def test_a_bundle_with_very_much_output_is_not_read_a_second_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flaketui.commands.collecting.verdicts._MOST_OUTPUT", 100)
    assert verdicts(SAMPLE, tmp_path, 1) == Verdicts(unread=1)


def test_what_is_not_said_is_counted() -> None:
    told = tuple(Verdict("p", f"Test{at}", "It waits.", failed=True) for at in range(12))
    *lines, last = verdict_lines(Verdicts(told, unread=3), "b.zip")
    assert lines == [f"Test{at}: It waits." for at in range(10)]
    assert last == (
        "… 2 more sentences and 3 more failing packages, not looked into yet;"
        " all are in: flaketui report b.zip"
    )
    assert list(verdict_lines(Verdicts(told[:2]), "b.zip")) == lines[:2]


def test_of_many_failing_packages_some_are_looked_into_and_the_others_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flaketui.commands.collecting.verdicts._FAILING_CASES", 2)
    (tmp_path / "test.json").write_text(
        "".join(
            f'{{"Action":"run","Package":"p{at}","Test":"TestX"}}\n'
            f'{{"Action":"fail","Package":"p{at}","Test":"TestX"}}\n'
            f'{{"Action":"fail","Package":"p{at}"}}\n'
            for at in range(5)
        )
    )
    assert verdicts(tmp_path / "test.json", tmp_path, 0).unread == 3
