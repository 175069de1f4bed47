"""What failed, when, where and on which goroutine: packages that end in every way."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture_cache import once_a_process
from flakecore.timeline import Case, Failure, FailureKind, TestSpan, TestStatus
from timeline.captures import RELEASES, TESTDATA, Capture, capture, read
from toolchains import NEWEST

MS = 1_000_000
OLDEST = RELEASES[0]


@once_a_process
def _line_of(package: str, mark: str) -> int:
    """Return the line of a Go source that ends with ``// mark``."""
    source = TESTDATA / "endings" / package / f"{package}_test.go"
    lines = source.read_text().splitlines()
    (line,) = (at for at, text in enumerate(lines, 1) if text.endswith(f"// {mark}"))
    return line


def _asserted(run: Capture, name: str) -> Failure:
    found = [failure for failure in run.case.failures if failure.test_name == name]
    assert len(found) == 1, found
    assert found[0].kind is FailureKind.ASSERTION
    assert found[0].test == run.test(name).index
    return found[0]


def _assert_within(failure: Failure, test: TestSpan) -> None:
    assert test.start_ns <= failure.at_ns <= test.end_ns


@pytest.fixture(scope="module", params=RELEASES)
def asserts(request: pytest.FixtureRequest) -> Capture:
    return capture(request.param, "endings/asserts")


@pytest.mark.parametrize(
    ("name", "message", "mark"),
    [
        ("TestSeveralErrors", "first of 2", "several-first"),
        ("TestFatal", "two\nlines of text", "fatal"),
        ("TestInHelper", "want 1, got 2", "helper-caller"),
        ("TestParentOnly/fails", "the subtest says so", "sub-error"),
        ("TestParentToo", "and its parent", "parent-error"),
        ("TestErrorByGoroutine", "from a goroutine of it", "goroutine-error"),
        ("TestParallelFirst", "first in parallel", "parallel-first"),
        ("TestParallelSecond", "second in parallel", "parallel-second"),
    ],
)
def test_an_assertion_fails_at_its_call(
    asserts: Capture, name: str, message: str, mark: str
) -> None:
    failure = _asserted(asserts, name)
    assert failure.message == message
    assert failure.file.endswith("/endings/asserts/asserts_test.go")
    assert failure.line == _line_of("asserts", mark)
    assert message.splitlines()[0] in asserts.case.output[failure.output_line].text
    _assert_within(failure, asserts.test(name))
    goroutine = asserts.schedule.goroutine(failure.goroutine)
    assert goroutine is not None
    assert goroutine.test == failure.test


def test_the_first_of_several_errors_is_the_failure(asserts: Capture) -> None:
    test, failure = asserts.test("TestSeveralErrors"), _asserted(asserts, "TestSeveralErrors")
    assert failure.at_ns - test.start_ns >= 2 * MS
    assert test.end_ns - failure.at_ns >= 5 * MS


def test_an_error_by_another_goroutine_of_the_test_names_that_goroutine(asserts: Capture) -> None:
    failure = _asserted(asserts, "TestErrorByGoroutine")
    own, child = asserts.schedule.goroutines_of(failure.test)
    assert (failure.goroutine, asserts.test("TestErrorByGoroutine").goroutine) == (child, own)


def test_an_assertion_library_fails_where_it_was_called_to(asserts: Capture) -> None:
    failure = _asserted(asserts, "TestLikeTestify")
    assert failure.message == "no route"
    assert failure.line == _line_of("asserts", "check-errorf")


def test_a_parent_that_only_passes_a_failure_on_is_no_failure_of_its_own(asserts: Capture) -> None:
    assert asserts.test("TestParentOnly").status is TestStatus.FAIL
    named = [failure.test_name for failure in asserts.case.failures]
    assert "TestParentOnly" not in named
    assert named.count("TestParentToo") == 1


def test_a_test_may_fail_without_a_word(asserts: Capture) -> None:
    failure = _asserted(asserts, "TestWithoutMessage")
    assert (failure.message, failure.file, failure.line) == ("failed without a message", "", 0)
    _assert_within(failure, asserts.test("TestWithoutMessage"))


def test_what_a_test_logged_last_stands_for_a_missing_message(asserts: Capture) -> None:
    failure = _asserted(asserts, "TestLogsAndFails")
    assert failure.message == "the last thing it said"
    _assert_within(failure, asserts.test("TestLogsAndFails"))


def test_an_example_fails_with_the_difference(asserts: Capture) -> None:
    failure = _asserted(asserts, "ExampleWrong")
    assert failure.message.split() == ["got:", "want:", "something"]
    _assert_within(failure, asserts.test("ExampleWrong"))


def test_failures_come_in_order_of_time_and_cover_all_failed_tests(asserts: Capture) -> None:
    failures = asserts.case.failures
    assert [failure.index for failure in failures] == list(range(len(failures)))
    assert [f.at_ns for f in failures] == sorted(f.at_ns for f in failures)
    failed = {test.name for test in asserts.case.tests if test.status is TestStatus.FAIL}
    assert {failure.test_name for failure in failures} == failed - {"TestParentOnly"}
    statuses = {test.name: test.status for test in asserts.case.tests}
    assert statuses["TestSkips"] is TestStatus.SKIP
    assert statuses["TestParentOnly/passes"] is TestStatus.PASS


def test_without_a_trace_the_same_tests_fail_with_the_same_words() -> None:
    traced = capture(NEWEST, "endings/asserts").case
    run = capture(NEWEST, "endings/asserts", trace=False)

    def told(case: Case) -> set[tuple[str, str, str, int]]:
        return {
            (each.test_name, each.message, each.file.rpartition("/")[2], each.line)
            for each in case.failures
        }

    assert told(run.case) == told(traced)
    for failure in run.case.failures:
        _assert_within(failure, run.case.tests[failure.test])
        assert failure.goroutine == 0


def test_full_paths_in_messages_change_nothing() -> None:
    run = capture(NEWEST, "endings/asserts", "-fullpath", "-run=TestFatal")
    failure = _asserted(run, "TestFatal")
    assert (failure.message, failure.line) == ("two\nlines of text", _line_of("asserts", "fatal"))
    assert failure.file == str(TESTDATA / "endings/asserts/asserts_test.go")


def _crash(release: str, name: str, *arguments: str, trace: bool = True) -> Capture:
    chosen = f"-run=^(TestBefore|{name})$"
    return capture(release, "endings/crashes", chosen, *arguments, trace=trace)


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.parametrize(
    ("name", "kind", "message", "mark"),
    [
        ("TestPanics", FailureKind.PANIC, "assignment to entry in nil map", "panic"),
        ("TestChildPanics", FailureKind.PANIC, "in a child", "child-panic"),
        ("TestMapWrites", FailureKind.FATAL, "concurrent map writes", "map-write"),
    ],
)
def test_a_crash_is_the_failure_of_the_test_whose_goroutine_crashed(
    release: str, name: str, kind: FailureKind, message: str, mark: str
) -> None:
    run = _crash(release, name)
    failure, test = run.failure(kind), run.test(name)
    assert (failure.test, failure.test_name) == (test.index, name)
    assert (failure.message, failure.line) == (message, _line_of("crashes", mark))
    assert failure.file.endswith("crashes_test.go")
    assert message in run.case.output[failure.output_line].text
    assert test.status is TestStatus.FAIL
    _assert_within(failure, test)
    if run.case.schedule is not None:
        assert failure.goroutine in run.schedule.goroutines_of(test.index)
        child = name == "TestChildPanics"
        assert (failure.goroutine != test.goroutine) is child
    else:
        assert "holds no events" in str(run.case.losses[0])


def test_a_panic_in_a_subtest_is_not_its_parents_failure() -> None:
    run = _crash(NEWEST, "TestSubtestPanics")
    failure = run.failure(FailureKind.PANIC)
    assert failure.test_name == "TestSubtestPanics/inner"
    assert (failure.message, failure.line) == ("broken: 7", _line_of("crashes", "sub-panic"))


@pytest.mark.parametrize("trace", [True, False])
@pytest.mark.slow
def test_a_timeout_is_the_failure_of_every_test_that_hangs(trace: bool) -> None:
    run = capture(NEWEST, "endings/crashes", "-run=^TestHangs", "-timeout=1s", trace=trace)
    one, two = sorted(run.case.failures, key=lambda failure: failure.test)
    assert {one.kind, two.kind} == {FailureKind.TIMEOUT}
    assert (one.test_name, one.line) == ("TestHangsOne", _line_of("crashes", "hang-lock"))
    assert (two.test_name, two.line) == ("TestHangsTwo/sub", _line_of("crashes", "hang-receive"))
    for failure in (one, two):
        test = run.case.tests[failure.test]
        _assert_within(failure, test)
        assert test.status is TestStatus.FAIL
        assert failure.message == "test timed out after 1s"
        assert failure.goroutine > 0
        assert 950 * MS < failure.at_ns < 2_000 * MS
        if trace:
            assert failure.goroutine == test.goroutine


def test_a_deadlock_of_all_goroutines_is_told_where_the_test_stands() -> None:
    run = _crash(NEWEST, "TestAsleep", "-timeout=0", trace=False)
    failure = run.failure(FailureKind.FATAL)
    assert failure.test_name == "TestAsleep"
    assert failure.message == "all goroutines are asleep - deadlock!"
    assert failure.line == _line_of("crashes", "asleep")
    assert failure.goroutine > 1


@pytest.mark.parametrize(
    ("name", "logged"), [("TestExits", None), ("TestLogFatal", "cannot go on")]
)
def test_a_test_that_exits_is_the_failure_with_what_it_logged_last(
    name: str, logged: str | None
) -> None:
    run = _crash(NEWEST, name)
    failure = run.failure(FailureKind.EXIT)
    said, _, line = failure.message.partition("; it logged:\n")
    assert (failure.test_name, said) == (name, "the process ended while this test ran")
    assert line.endswith(logged) if logged else line == ""
    _assert_within(failure, run.test(name))
    before = run.test("TestBefore")
    assert before.status is TestStatus.PASS
    assert before.end_ns <= failure.at_ns
    assert run.case.trace is None


@pytest.mark.parametrize("release", [OLDEST, NEWEST])
@pytest.mark.slow
def test_an_exit_is_told_at_its_time_though_the_trace_ends_before(release: str) -> None:
    run = _crash(release, "TestExitsLate")
    failure, test = run.failure(FailureKind.EXIT), run.test("TestExitsLate")
    assert run.schedule.end_ns < 1_500 * MS
    assert 1_700 * MS <= failure.at_ns - test.start_ns < 2_500 * MS
    assert failure.goroutine == test.goroutine > 0
    words = next(line for line in run.case.output if line.text == "last words")
    assert words.time_ns - run.case.clock.error_ns <= failure.at_ns <= run.case.end_ns


def test_a_package_that_exits_after_passing_tests_fails_as_a_package() -> None:
    run = capture(NEWEST, "endings/mainexit")
    failure = run.failure(FailureKind.EXIT)
    assert (failure.test, failure.test_name) == (-1, "example.com/endings/mainexit")
    assert run.test("TestFine").status is TestStatus.PASS
    assert run.exit_code == 1


def test_a_failed_build_names_the_compilers_first_error() -> None:
    run = capture(NEWEST, "endings/broken", trace=False)
    failure = run.failure(FailureKind.BUILD)
    assert failure.test == -1
    assert (failure.file, failure.line) == ("broken/broken_test.go", 6)
    assert 'cannot use "text"' in failure.message
    assert run.case.tests == ()


@pytest.mark.parametrize("trace", [True, False])
def test_a_race_is_the_failure_of_the_test_it_happened_in(trace: bool) -> None:
    run = capture(NEWEST, "endings/crashes", "-run=^TestRaces", "-race", trace=trace)
    races = {f.test_name: f for f in run.case.failures if f.kind is FailureKind.RACE}
    assert set(races) == {"TestRaces", "TestRacesInSubtest/inner"}
    others = [failure for failure in run.case.failures if failure.kind is not FailureKind.RACE]
    assert [(each.test_name, each.message) for each in others] == [
        ("TestRacesInSubtest/inner", "and fails besides")
    ]
    failure, test = races["TestRaces"], run.test("TestRaces")
    lines = {_line_of("crashes", "race-child"), _line_of("crashes", "race-test")}
    assert failure.line in lines
    assert failure.message.startswith("data race: ")
    for line in lines:
        assert f"(crashes_test.go:{line})" in failure.message
    if trace:
        # The numbers are those of the trace: the detector's own are others.
        _assert_within(failure, test)
        own, child = run.schedule.goroutines_of(test.index)
        by_line = {_line_of("crashes", "race-child"): child, _line_of("crashes", "race-test"): own}
        assert failure.goroutine == by_line[failure.line]
        assert f"by goroutine {own} at" in failure.message
        assert f"by goroutine {child} at" in failure.message
    else:
        assert "by goroutine" not in failure.message


OVER = "=== RUN   TestLost\n{}{}FAIL\ncoverage: 20.3% of statements\nFAIL\tp\t0.1s\n"
FAILED = "--- FAIL: TestA (0.00s)\n    a_test.go:7: want 1, got 2\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (OVER.format("", FAILED), {"TestA": "want 1, got 2"}),
        (
            OVER.format("", ""),
            {"TestLost": "the package failed, and the result of this test is not in the log"},
        ),
        (
            "=== RUN   TestLost\nFAIL\texample.com/p\t0.1s\n",
            {"TestLost": "the process ended while this test ran"},
        ),
    ],
)
def test_a_process_that_ended_its_tests_ended_while_none_ran(
    text: str, told: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "test.log").write_text(text)
    assert {each.test_name: each.message for each in read(tmp_path).case.failures} == told
