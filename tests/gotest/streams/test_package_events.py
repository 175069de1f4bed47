from __future__ import annotations

import re

from flakecore.gotest import Outcome, PackageRun, read_json
from gotest.go_runs import package
from toolchains import NEWEST


def outcomes(run: PackageRun) -> list[tuple[str, int, str]]:
    return [(test.name, test.attempt, test.outcome.value) for test in run.tests]


def texts_of(run: PackageRun, name: str) -> list[str]:
    index = next(i for i, test in enumerate(run.tests) if test.name == name)
    return [line.text for line in run.lines if line.test == index]


def test_every_test_and_subtest_has_its_outcome_in_the_order_they_began(release: str) -> None:
    run = package(release, "outcomes")
    assert run.status is Outcome.FAIL
    assert outcomes(run) == [
        ("TestPasses", 0, "pass"),
        ("TestFails", 0, "fail"),
        ("TestSkips", 0, "skip"),
        ("TestSubtests", 0, "fail"),
        ("TestSubtests/good", 0, "pass"),
        ("TestSubtests/bad_one", 0, "fail"),
        ("TestSubtests/nested", 0, "pass"),
        ("TestSubtests/nested/deep", 0, "pass"),
        ("TestParallelFirst", 0, "pass"),
        ("TestParallelSecond", 0, "pass"),
    ]


def test_a_repeated_test_has_an_attempt_for_each_repetition(release: str) -> None:
    run = package(release, "outcomes", "-count=2", "-run", "TestSkips|TestParallelFirst")
    assert outcomes(run) == [
        ("TestSkips", 0, "skip"),
        ("TestParallelFirst", 0, "pass"),
        ("TestSkips", 1, "skip"),
        ("TestParallelFirst", 1, "pass"),
    ]
    assert [line.test for line in run.lines if "not today" in line.text] == [0, 2]


def test_a_parallel_test_waits_between_pause_and_cont(release: str) -> None:
    run = package(release, "outcomes")
    for test in run.tests:
        if not test.name.startswith("TestParallel"):
            assert test.waits == ()
            continue
        ((paused, resumed),) = test.waits
        assert test.run_wall_ns is not None
        assert resumed is not None
        assert test.end_wall_ns is not None
        assert test.run_wall_ns <= paused <= resumed < test.end_wall_ns
        assert test.elapsed_ns is not None
        assert test.elapsed_ns >= 10_000_000


def test_a_line_that_go_split_over_events_is_one_line(release: str) -> None:
    texts = texts_of(package(release, "outcomes"), "TestPasses")
    assert "long " * 2000 + "end" in texts


def test_text_without_a_newline_does_not_run_into_the_result_line(release: str) -> None:
    texts = texts_of(package(release, "outcomes"), "TestPasses")
    assert texts[-2] == "no newline at the end"
    assert re.fullmatch(r"--- PASS: TestPasses \(\d+\.\d\ds\)", texts[-1])


def test_text_without_a_newline_does_not_run_into_another_test() -> None:
    form = '{"Action":"output","Package":"p","Test":"%s","Output":"%s"}\n'
    pieces = [("TestA", "a1 "), ("TestB", "b1 "), ("TestB", "b2\\nb3"), ("TestA", "a2\\n")]
    data = "".join(form % piece for piece in pieces).encode()
    (run,) = read_json(data, name="test.json").packages
    assert [(line.test, line.text) for line in run.lines] == [
        (0, "a1 "),
        (1, "b1 b2"),
        (1, "b3"),
        (0, "a2"),
    ]


def test_an_error_begins_a_line_of_its_own_since_go_1_27() -> None:
    form = '{"Action":"output","Package":"p","Test":"T","Output":"%s","OutputType":"%s"}\n'
    pieces = [
        ("dots...", ""),
        ("    x_test.go:1: bad ", "error"),
        ("luck\\n", "error-continue"),
        ("    x_test.go:2: worse", "error"),
        ("    x_test.go:3: worst\\n", "error"),
    ]
    data = "".join(form % piece for piece in pieces).encode()
    (run,) = read_json(data, name="test.json").packages
    assert [(line.text, line.output_type) for line in run.lines] == [
        ("dots...", ""),
        ("    x_test.go:1: bad luck", "error"),
        ("    x_test.go:2: worse", "error"),
        ("    x_test.go:3: worst", "error"),
    ]


def test_escape_sequences_are_gone_and_tabs_are_spaces() -> None:
    for release in ("1.22.10", "1.25.5"):
        assert "red    and a tab" in texts_of(package(release, "outcomes"), "TestPasses")


def test_go_1_27_itself_takes_the_escape_character_out_of_what_fmt_printed() -> None:
    # There test2json uses that character as a mark, and testing doubles it for t.Log only.
    assert "[31mred[0m    and a tab" in texts_of(package(NEWEST, "outcomes"), "TestPasses")


def test_a_result_that_go_replays_is_marked_as_cached(release: str) -> None:
    arguments = ("-run", "TestSkips")
    assert package(release, "outcomes", *arguments, runs=2).cached
    assert not package(release, "outcomes", *arguments, "-count=1").cached


def test_a_silent_benchmark_in_a_package_that_passes_has_passed(release: str) -> None:
    run = package(release, "outcomes", "-run", "^$", "-bench", ".", "-benchtime", "1x")
    assert outcomes(run) == [("BenchmarkSilent", 0, "pass")]


def test_a_package_without_tests_to_run_passes(release: str) -> None:
    run = package(release, "outcomes", "-run", "^$", "-count=1")
    assert run.status is Outcome.PASS
    assert run.tests == ()
    assert not run.cached


def test_a_test_whose_run_event_is_missing_is_there_all_the_same() -> None:
    data = b'{"Action":"fail","Package":"p","Test":"TestA","Elapsed":0.25}\n'
    (run,) = read_json(data, name="test.json").packages
    (test,) = run.tests
    assert test.outcome is Outcome.FAIL
    assert (test.run_wall_ns, test.end_wall_ns, test.elapsed_ns) == (None, None, 250_000_000)


def test_a_test_that_ends_the_process_is_unfinished_and_its_package_has_failed(
    release: str,
) -> None:
    run = package(release, "crashes", "-run", "^TestExits$")
    assert run.status is Outcome.FAIL
    assert outcomes(run) == [("TestExits", 0, "unfinished")]
    assert run.crashes == ()
    assert run.tests[0].end_wall_ns is None
