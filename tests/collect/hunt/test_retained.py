"""Which of many runs are retained, and that the folders of all others are gone."""

from __future__ import annotations

from pathlib import Path

from flakecore.bundle import Attempt, Phases, Settings
from flakecore.collect.capture.go_test import Ran
from flakecore.collect.capture.json_follower import TestStream
from flakecore.collect.hunt.retained import RetainedRuns

A, B, C = "example.com/m.TestA", "example.com/m.TestB", "example.com/m.TestC"
PROCESS: tuple[str, ...] = ()
"""What failed where the process died and no test is named."""


def ran(
    root: Path, number: int, *, failed: bool, procs: int = 0, tests: tuple[str, ...] = ()
) -> Ran:
    folder = f"attempts/{number:03d}"
    (root / folder).mkdir(parents=True)
    attempt = Attempt(
        number=number,
        folder=folder,
        exit_code=int(failed),
        failed=tests,
        settings=Settings(gomaxprocs=procs, shuffle=str(number)),
    )
    return Ran(attempt, TestStream(lambda _: None), (), (), Phases())


def retained(root: Path, *runs: tuple[bool, int], keep: int = 2) -> RetainedRuns:
    found = RetainedRuns(keep)
    for number, (failed, procs) in enumerate(runs, 1):
        found.add(ran(root, number, failed=failed, procs=procs), root)
    return found


def failing(root: Path, *runs: tuple[str, ...], keep: int = 3) -> list[int]:
    """Return the numbers of the runs that are retained of some in which these tests failed."""
    found = RetainedRuns(keep)
    for number, tests in enumerate(runs, 1):
        found.add(ran(root, number, failed=True, tests=tests), root)
    kept = [each.attempt.number for each in found.in_order()]
    assert [each.number for each in found.recorded if each.kept] == kept
    assert [each.number for each in found.recorded] == list(range(1, len(runs) + 1))
    assert all(bool(each.folder) == each.kept for each in found.recorded)
    assert [int(name) for name in folders(root)] == kept
    assert found.failures == len(runs)
    return kept


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


def test_a_test_that_fails_later_takes_the_place_of_the_latest_run_of_another(
    tmp_path: Path,
) -> None:
    assert failing(tmp_path / "late", (A,), (A,), (A,), (A,), (B,), (B,)) == [1, 2, 5]
    # The other order: it is among the first, and all that follows has been there.
    assert failing(tmp_path / "early", (B,), (A,), (A,), (A,), (A,)) == [1, 2, 3]


def test_each_failing_test_has_a_run_as_long_as_there_is_room(tmp_path: Path) -> None:
    assert failing(tmp_path / "three", (A,), (A,), (A,), (B,), (A,), (C,), (C,)) == [1, 4, 6]
    assert failing(tmp_path / "full", (A,), (B,), (C,), ("example.com/m.TestD",)) == [1, 2, 3]


def test_no_run_gives_way_that_alone_has_a_failing_test(tmp_path: Path) -> None:
    assert failing(tmp_path / "two", (A,), (A, B), (A,), (C,)) == [1, 2, 4]
    # What the new run brings counts as well: nothing is lost where it has all of another.
    assert failing(tmp_path / "one", (A,), (A, B), keep=1) == [2]
    assert failing(tmp_path / "other", (A,), (B,), keep=1) == [1]


def test_a_process_that_dies_without_a_test_is_a_failure_of_its_own(tmp_path: Path) -> None:
    assert failing(tmp_path / "late", (A,), (A,), (A,), PROCESS, PROCESS) == [1, 2, 4]
    assert failing(tmp_path / "early", PROCESS, PROCESS, PROCESS, (A,), (A,)) == [1, 2, 4]
