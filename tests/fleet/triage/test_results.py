"""Which results are looked at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from flakecore.fleet import FleetStore, TriageFilter
from flakecore.fleet.arrow import arrow
from flakecore.fleet.triage.results import plain, read_results
from fleet.fleets import PACKAGE, fleet


@pytest.fixture
def store(tmp_path: Path) -> FleetStore:
    fleet(tmp_path, ["race", "pass", "lock-cycle"], name="a")
    return fleet(tmp_path, ["race", "pass"], branch="fix", test="TestOther", name="b")


def test_each_result_has_its_test(store: FleetStore) -> None:
    results = read_results(store, TriageFilter())
    named = [
        (results.names[number][1], bool(bad))
        for number, bad in zip(results.test.tolist(), results.failed.tolist(), strict=True)
    ]
    assert sorted(named) == [
        ("TestDrain", False),
        ("TestDrain", True),
        ("TestDrain", True),
        *[("TestFill", False)] * 5,
        ("TestOther", False),
        ("TestOther", True),
    ]


@pytest.mark.parametrize(
    ("chosen", "rows", "failures"),
    [
        (TriageFilter(), 10, 3),
        (TriageFilter(branch="fix"), 4, 1),
        (TriageFilter(rule="race"), 10, 2),
        (TriageFilter(test="TestDrain"), 3, 2),
        (TriageFilter(package="pool"), 10, 3),
        (TriageFilter(package=PACKAGE), 10, 3),
        (TriageFilter(package="ool"), 0, 0),
        (TriageFilter(branch="none"), 0, 0),
    ],
)
def test_a_filter_leaves_what_it_names(
    store: FleetStore, chosen: TriageFilter, rows: int, failures: int
) -> None:
    results = read_results(store, chosen)
    assert (len(results.test), int(results.failed.sum())) == (rows, failures)


def test_a_test_that_was_skipped_or_never_ended_is_no_result(tmp_path: Path) -> None:
    store = FleetStore(tmp_path)
    row = {"content": "a", "run": 1, "package": "p", "test": "T", "failed": False, "results": 1}
    rows = [{**row, "status": status} for status in ("skip", "unfinished", "pass")]
    store.write("a", {"tests": rows})
    assert len(read_results(store, TriageFilter()).test) == 1


def test_numbers_are_taken_as_they_lie_in_memory_and_nulls_are_0() -> None:
    pa = arrow()
    for kind in ("int32", "int64", "float64"):
        column = pa.array([7, 1, None, 3], getattr(pa, kind)())
        assert plain(column).tolist() == [7, 1, 0, 3]
        assert plain(column.slice(2)).tolist() == [0, 3]
        assert plain(column.slice(4)).tolist() == []
    truths = pa.array([True, False, None, True, True])
    assert plain(truths).tolist() == [True, False, False, True, True]
    assert plain(truths.slice(3)).tolist() == [True, True]


def test_a_merged_fleet_is_opened_without_what_takes_long_to_load(tmp_path: Path) -> None:
    fleet(tmp_path, ["race", "pass"]).merge(1)
    program = (
        "import sys, pathlib\n"
        "from flakecore.fleet import FleetStore, TriageFilter, TriageSession\n"
        "TriageSession(FleetStore(pathlib.Path(sys.argv[1])), TriageFilter())\n"
        "print('pandas' in sys.modules, 'flakecore.diagnosis' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "False False\n"
