"""Benchmarks have their results where no line says them."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, PackageRun, read_json, read_text
from gotest.go_runs import go_plain, go_test


def outcomes(run: PackageRun) -> dict[str, Outcome]:
    return {test.name: test.outcome for test in run.tests if test.name.startswith("Benchmark")}


@pytest.mark.slow
def test_benchmarks_of_a_package_are_counted_alike_in_text_and_in_json(release: str) -> None:
    arguments = ("-run=^$", "-bench=.", "-benchtime=1x", "-count=1")
    said = [
        read_text(go_plain(release, "outcomes", *arguments), name="test.log"),
        read_text(go_plain(release, "outcomes", "-v", *arguments), name="test.log"),
        read_json(go_test(release, "outcomes", *arguments), name="test.json"),
    ]
    text, verbose, events = (
        next(outcomes(run) for run in log.packages if run.package) for log in said
    )
    assert verbose == events
    assert Outcome.UNFINISHED not in events.values()
    assert set(text) <= set(events)
    assert {name: events[name] for name in text} == text


def test_a_benchmark_that_passed_beside_one_that_failed_has_passed() -> None:
    text = (
        b"BenchmarkPick\nBenchmarkPick-4   \t500000000\t         2.400 ns/op\n"
        b"BenchmarkDrop\n    b_test.go:5: dropped an apple\n--- FAIL: BenchmarkDrop\n"
        b"FAIL\nexit status 1\nFAIL\texample.com/a\t1.3s\n"
    )
    (run,) = read_text(text, name="test.log").packages
    assert outcomes(run) == {"BenchmarkPick": Outcome.PASS, "BenchmarkDrop": Outcome.FAIL}
    said = [line.text for line in run.lines if run.tests[line.test].name == "BenchmarkDrop"]
    assert "    b_test.go:5: dropped an apple" in said


def test_what_only_begins_like_a_benchmark_is_none() -> None:
    text = b"=== RUN   TestA\nBenchmarks are slow today\n--- PASS: TestA (0.00s)\nok  \ta\t0.1s\n"
    (run,) = read_text(text, name="test.log").packages
    assert [test.name for test in run.tests] == ["TestA"]
