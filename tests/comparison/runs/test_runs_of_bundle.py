"""The runs of a bundle, from its manifest or from its output."""

from __future__ import annotations

from pathlib import Path

from flakecore.bundle import open_bundle
from flakecore.comparison.runs.runs_of_bundle import runs_of_bundle
from program import SAMPLE

PASS = "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \texample.com/p\t0.010s\n"
FAIL = (
    "=== RUN   TestA\n    a_test.go:7: got 3\n--- FAIL: TestA (0.00s)\nFAIL\n"
    "FAIL\texample.com/p\t0.020s\n"
)


def test_the_sample_is_one_run_with_four_failures_and_their_signatures() -> None:
    with open_bundle(SAMPLE) as bundle:
        (run,) = runs_of_bundle(bundle)
    assert (run.number, run.ended_well, run.kept) == (1, False, True)
    assert len(run.failed) == 4
    assert set(run.signatures) == set(run.failed)
    name = "example.com/flaky/courier.TestStatsCountDeliveries"
    assert run.signatures[name] == "assertion: delivered N, want N at stats_test.go:18"
    assert run.conditions["race"] == "on"


def test_logs_side_by_side_are_runs(tmp_path: Path) -> None:
    for name, text in (("run1.log", PASS), ("run2.log", FAIL), ("run3.log", PASS)):
        (tmp_path / name).write_text(text)
    with open_bundle(tmp_path) as bundle:
        runs = runs_of_bundle(bundle)
    assert sorted(run.ended_well for run in runs) == [False, True, True]
    (failed,) = (run for run in runs if not run.ended_well)
    assert failed.failed == ("example.com/p.TestA",)
    assert failed.signatures == {"example.com/p.TestA": "assertion: got N at a_test.go:7"}
    assert failed.duration_ns == 20_000_000


def test_a_text_without_a_result_is_no_run(tmp_path: Path) -> None:
    (tmp_path / "notes.log").write_text("hello\nworld\n")
    with open_bundle(tmp_path) as bundle:
        assert runs_of_bundle(bundle) == ()
    (tmp_path / "notes.log").write_text("hello\n=== RUN   TestA\nworld\n")
    with open_bundle(tmp_path) as bundle:
        (run,) = runs_of_bundle(bundle)
    assert not run.ended_well
