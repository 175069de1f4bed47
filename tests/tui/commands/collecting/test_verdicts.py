"""What collect says at its end: the causes that were found, and nothing that is unexplained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diagnosis.program_bundles import collected_program, findings_besides
from flakecore.report import encode_baseline, read_baseline
from flaketui.commands.collecting.collect import verdict_lines
from flaketui.commands.collecting.verdicts import Verdict, Verdicts, verdicts
from program import SAMPLE


def test_each_failure_that_is_explained_has_one_sentence(tmp_path: Path) -> None:
    found = {
        each.test: each.sentence for each in verdicts(SAMPLE, tmp_path, 1).shown if each.failed
    }
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


def test_what_differs_by_goroutines_alone_is_said_once_and_counted() -> None:
    key = ("TestX", "p", "leak")
    told = [Verdict("p", "TestX", f"G{at} waits.", failed=True, known_by=key) for at in (7, 9)]
    alike, same = Verdicts(tuple(told)), Verdicts((told[0], told[0]))
    assert list(verdict_lines(alike, "b.zip")) == ["TestX: G7 waits. (2 times alike)"]
    assert list(verdict_lines(same, "b.zip")) == ["TestX: G7 waits. (2 times)"]
    other = Verdict("p", "TestX", "G8 waits.", failed=True, known_by=("TestX", "p", "race"))
    assert len(list(verdict_lines(Verdicts((told[0], other)), "b.zip"))) == 2


def test_what_is_inferred_says_so(tmp_path: Path) -> None:
    found = {each.test: each for each in verdicts(SAMPLE, tmp_path, 1).shown if each.failed}
    stats = found["TestStatsCountDeliveries"]
    assert stats.sentence.endswith("which this test checks (inferred)")
    assert [(name.rpartition("/")[2], line) for name, line in stats.places] == [
        ("stats_test.go", 18),
        ("stats_test.go", 26),
    ]
    assert stats.next.startswith("compare go test")
    assert not found["TestRenderStaysWithinBudget"].sentence.endswith("(seen)")


def test_of_many_packages_one_that_left_goroutines_is_looked_at_though_it_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = collected_program("leak", "--no-race")
    besides = [each for each in verdicts(left.folder, tmp_path, 0).shown if not each.failed]
    monkeypatch.setattr("flaketui.commands.collecting.verdicts._CASES", 0)
    told = [each for each in verdicts(left.folder, tmp_path, 0).shown if not each.failed]
    assert told == besides != []


def test_what_a_baseline_holds_is_not_said(tmp_path: Path) -> None:
    left = collected_program("leak", "--no-race")
    found = [(left.case.package, each) for each in findings_besides(left)]
    known = tmp_path / "known.json"
    known.write_bytes(encode_baseline(found[1:]))
    told = verdicts(left.folder, tmp_path, 0, read_baseline(known)).shown
    assert [each.sentence for each in told if not each.failed] == [found[0][1].claim]


def test_a_package_that_was_not_built_has_the_compilers_sentence(tmp_path: Path) -> None:
    package = "example.com/shop"
    events: list[dict[str, str]] = [
        {"ImportPath": package, "Action": "build-output", "Output": f"# {package}\n"},
        {
            "ImportPath": package,
            "Action": "build-output",
            "Output": "./cart.go:4:9: undefined: total\n",
        },
        {"ImportPath": package, "Action": "build-fail"},
        {"Action": "start", "Package": package},
        {"Action": "output", "Package": package, "Output": f"FAIL\t{package} [build failed]\n"},
        {"Action": "fail", "Package": package, "FailedBuild": package},
    ]
    (tmp_path / "test.json").write_text("".join(f"{json.dumps(each)}\n" for each in events))
    (told,) = verdicts(tmp_path / "test.json", tmp_path, 1).shown
    assert told.sentence == "Build in example.com/shop (cart.go:4): undefined: total"


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
