"""Where nothing stamps lines, tests lie end to end by what their results say."""

from __future__ import annotations

from flakecore.gotest import read_text
from flakecore.timeline.output.reported_times import laid_out
from flakecore.timeline.test_spans import parents_of

TENTH = 100_000_000


def laid(text: str, running: dict[str, int] | None = None) -> dict[str, tuple[int, int]]:
    """Return where each test lies, in tenths of a second."""
    (run,) = read_text(text.encode(), name="test.log").packages
    spans = laid_out(run.tests, parents_of(run.tests), running or {}, run.elapsed_ns)
    return {
        test.name: (start // TENTH, end // TENTH)
        for test, (start, end) in zip(run.tests, spans, strict=True)
    }


def test_tests_that_never_paused_follow_one_another() -> None:
    text = "--- FAIL: TestOne (0.10s)\n--- FAIL: TestTwo (0.20s)\nFAIL\nFAIL\tp\t0.305s\n"
    assert laid(text) == {"TestOne": (0, 1), "TestTwo": (1, 3)}


def test_subtests_lie_within_their_parent_and_tests_that_paused_behind_the_others() -> None:
    text = (
        "=== RUN   TestA\n=== PAUSE TestA\n=== RUN   TestB\n=== RUN   TestB/x\n=== RUN   TestB/y\n"
        "--- PASS: TestB (0.50s)\n    --- PASS: TestB/x (0.20s)\n    --- PASS: TestB/y (0.30s)\n"
        "=== CONT  TestA\n--- PASS: TestA (0.40s)\nPASS\nok  \tp\t0.9s\n"
    )
    assert laid(text) == {"TestA": (5, 9), "TestB": (0, 5), "TestB/x": (0, 2), "TestB/y": (2, 5)}


def test_a_test_that_a_timeout_names_ran_as_long_as_it_says() -> None:
    text = "=== RUN   TestA\nFAIL\tp\t60.0s\n"
    assert laid(text, {"TestA": 580 * TENTH}) == {"TestA": (0, 580)}


def test_a_test_that_never_ended_ran_as_long_as_the_package() -> None:
    assert laid("=== RUN   TestA\nexit status 2\nFAIL\tp\t1.0s\n") == {"TestA": (0, 10)}
