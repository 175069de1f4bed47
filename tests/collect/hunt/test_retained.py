"""Which of many runs are retained, and that the folders of all others are gone."""

from __future__ import annotations

from pathlib import Path

from flakecore.bundle import Attempt, Phases, Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.json_follower import TestStream
from flakecore.collect.hunt.retained import RetainedRuns


def ran(root: Path, number: int, *, failed: bool, procs: int = 0) -> Ran:
    folder = f"attempts/{number:03d}"
    (root / folder).mkdir(parents=True)
    attempt = Attempt(
        number=number,
        folder=folder,
        exit_code=int(failed),
        settings=Settings(gomaxprocs=procs, shuffle=str(number)),
    )
    return Ran(attempt, TestStream(lambda _: None), (), (), Phases())


def retained(root: Path, *runs: tuple[bool, int], keep: int = 2) -> RetainedRuns:
    found = RetainedRuns(keep)
    for number, (failed, procs) in enumerate(runs, 1):
        found.add(ran(root, number, failed=failed, procs=procs), root)
    return found


def folders(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "attempts").iterdir())


def test_the_first_failing_runs_are_retained_and_no_more(tmp_path: Path) -> None:
    found = retained(tmp_path, *[(True, 0)] * 4)
    assert [each.attempt.number for each in found.in_order()] == [1, 2]
    assert folders(tmp_path) == ["001", "002"]
    assert (found.runs, found.failures) == (4, 4)
    assert [(each.number, each.kept) for each in found.recorded] == [
        (1, True),
        (2, True),
        (3, False),
        (4, False),
    ]


def test_of_passing_runs_the_last_before_the_failure_are_retained(tmp_path: Path) -> None:
    found = retained(tmp_path, *[(False, 0)] * 5, (True, 1), (False, 0))
    assert folders(tmp_path) == ["003", "004", "005", "006"]
    assert [each.kept for each in found.recorded] == [False] * 2 + [True] * 4 + [False]
    assert found.recorded[0].folder == ""


def test_passing_runs_under_the_same_conditions_take_their_places(tmp_path: Path) -> None:
    passing = [(False, 0)] * 3
    retained(tmp_path, *passing, (True, 1), (False, 1), (False, 0), (False, 1))
    assert folders(tmp_path) == ["001", "004", "005", "007"]


def test_few_passing_runs_are_all_retained(tmp_path: Path) -> None:
    found = retained(tmp_path, (False, 0), (True, 0), (False, 1))
    assert [each.attempt.number for each in found.in_order()] == [1, 2, 3]
