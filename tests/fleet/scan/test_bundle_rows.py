"""The rows of one bundle."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

from flakecore.bundle import Attempt, Manifest, Revision, encode, open_bundle
from flakecore.fleet import FLEET_TABLES
from flakecore.fleet.scan.bundle_rows import BundleRows
from fleet.bundles import plain_run
from program import SAMPLE


def test_a_row_has_the_columns_of_its_table() -> None:
    with open_bundle(SAMPLE) as bundle:
        collected = BundleRows(bundle, "c0ffee")
        tables = collected.rows()
        summary = collected.summary()
    assert set(summary) | {"bundle", "version", "bytes", "took_ns"} == {
        column.name for column in FLEET_TABLES["bundles"]
    }
    for name, rows in tables.items():
        assert {tuple(sorted(row)) for row in rows} == {
            tuple(sorted(column.name for column in FLEET_TABLES[name]))
        }


def test_failures_come_with_the_sentence_and_the_rule_that_the_report_gives() -> None:
    with open_bundle(SAMPLE) as bundle:
        failures = BundleRows(bundle, "").rows()["failures"]
    found = {row["test"]: (row["rule"], row["kind"]) for row in failures}
    assert found["TestLedgerTransfersBothWays"] == ("lock-cycle", "timeout")
    assert all(
        row["headline"] and row["signature"].endswith(f"[{row['rule']}]") for row in failures
    )


def test_a_test_that_failed_by_a_subtest_alone_did_not_fail_itself(tmp_path: Path) -> None:
    log = tmp_path / "test.txt"
    log.write_text(
        "=== RUN   TestA\n=== RUN   TestA/x\n--- FAIL: TestA (0.01s)\n"
        "    --- FAIL: TestA/x (0.01s)\n        a_test.go:9: no\nFAIL\nFAIL\texample.com/a\t0.02s\n"
    )
    with open_bundle(log) as bundle:
        rows = BundleRows(bundle, "").rows()["tests"]
    assert {row["test"]: (row["status"], row["failed"]) for row in rows} == {
        "": ("fail", False),
        "TestA": ("fail", False),
        "TestA/x": ("fail", True),
    }


def hunt(path: Path) -> Path:
    """Write a bundle of four runs of which the failing one was kept."""
    log = plain_run(path.with_suffix(".txt"), failed=True)
    outcomes = [(), ("example.com/pool.TestDrain",), (), ("example.com/pool.TestOther",)]
    manifest = Manifest(
        packages=("example.com/pool",),
        revision=Revision(vcs="git", id="0123456789abcdef", dirty=True, branch="main"),
        attempts=tuple(
            Attempt(
                number=number,
                folder="attempts/002" if number == 2 else "",
                kept=number == 2,
                started_unix_ns=number,
                exit_code=int(bool(failed)),
                failed=failed,
                drawn=number != 3,
            )
            for number, failed in enumerate(outcomes, 1)
        ),
    )
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("manifest.json", encode(manifest))
        bundle.write(log, "attempts/002/test.txt")
    return path


def test_runs_that_were_not_kept_count_with_what_is_known_of_them(tmp_path: Path) -> None:
    with open_bundle(hunt(tmp_path / "hunt.zip")) as bundle:
        tables = BundleRows(bundle, "").rows()
    results: Counter[tuple[str, str]] = Counter()
    for row in tables["tests"]:
        results[row["test"], row["status"]] += row["results"]
    assert results["TestDrain", "fail"] == 1
    assert results["TestDrain", "pass"] == 2
    assert results["TestFill", "pass"] == 3
    assert results["TestOther", "fail"] == 1
    assert {row["run"] for row in tables["tests"] if row["test"] == "TestDrain"} == {1, 2, 3}
    assert [row["passed"] for row in tables["runs"]] == [True, False, True, False]


def test_rows_tell_which_runs_were_not_drawn_evenly(tmp_path: Path) -> None:
    with open_bundle(hunt(tmp_path / "hunt.zip")) as bundle:
        tables = BundleRows(bundle, "").rows()
    assert [row["drawn"] for row in tables["runs"]] == [True, True, False, True]
    passes = [row for row in tables["tests"] if row["test"] == "TestFill"]
    assert sorted((row["run"], row["drawn"], row["results"]) for row in passes) == [
        (-1, False, 1),
        (-1, True, 1),
        (2, True, 1),
    ]
    drain = {row["run"]: row["drawn"] for row in tables["tests"] if row["test"] == "TestDrain"}
    assert drain == {1: True, 2: True, 3: False}


def test_rows_tell_when_and_of_which_source_they_are(tmp_path: Path) -> None:
    with open_bundle(hunt(tmp_path / "hunt.zip")) as bundle:
        (row,) = BundleRows(bundle, "").rows()["failures"]
    assert (row["revision"], row["branch"], row["started_unix_ns"]) == ("0123456789ab+", "main", 2)


def test_a_text_without_a_result_is_no_run(tmp_path: Path) -> None:
    log = tmp_path / "notes.txt"
    log.write_text("hello\nworld\n")
    with open_bundle(log) as bundle:
        collected = BundleRows(bundle, "")
        rows = collected.rows()
    assert (rows["runs"], rows["tests"]) == ([], [])
    assert collected.summary()["runs"] == 0
