"""``flaketui compare`` as it is run."""

from __future__ import annotations

from pathlib import Path

from program import SAMPLE, call_program

PASS = "=== RUN   TestA\n--- PASS: TestA (0.00s)\nPASS\nok  \texample.com/p\t0.010s\n"
FAIL = (
    "=== RUN   TestA\n    a_test.go:7: got 3\n--- FAIL: TestA (0.00s)\nFAIL\n"
    "FAIL\texample.com/p\t0.020s\n"
)


def test_a_failing_log_is_held_against_one_that_passed(tmp_path: Path) -> None:
    for name, text in (("run1.log", PASS), ("run2.log", FAIL), ("run3.log", PASS)):
        (tmp_path / name).write_text(text)
    found = call_program("compare", str(tmp_path))
    assert found.returncode == 0
    assert "  TestA: A fail, B pass" in found.stdout.splitlines()
    assert "    1   0  a_test.go:N: got N" in found.stdout.splitlines()


def test_two_bundles_are_compared() -> None:
    found = call_program("compare", str(SAMPLE), str(SAMPLE))
    assert "Tests: all 13 ended alike." in found.stdout.splitlines()


def test_one_run_alone_has_no_counterpart() -> None:
    found = call_program("compare", str(SAMPLE))
    assert found.returncode == 2
    assert found.stderr.startswith("flaketui: there is only one run in it; name two bundles")


def test_a_run_is_not_held_against_itself(tmp_path: Path) -> None:
    for name, text in (("run1.log", PASS), ("run2.log", FAIL)):
        (tmp_path / name).write_text(text)
    found = call_program("compare", str(tmp_path), "--attempts", "run1,run1")
    assert found.returncode == 2
    assert found.stderr == "flaketui: run run1 is named twice; name two runs, such as 1,2\n"
    assert call_program("compare", str(tmp_path), "--attempts", "run1,run2").returncode == 0
