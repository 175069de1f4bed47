from __future__ import annotations

from flakecore.gotest import Message, read_messages
from gotest.go_runs import as_lines, package
from toolchains import NEWEST


def test_an_error_has_its_place_and_all_its_lines(release: str) -> None:
    run = package(release, "outcomes")
    test = next(i for i, test in enumerate(run.tests) if test.name == "TestFails")
    error, log, fatal = read_messages(line for line in run.lines if line.test == test)
    assert (error.file, error.line) == ("outcomes_test.go", 19)
    assert error.message == "got 1, want 2\nsecond line\n    third: 3"
    assert run.lines[error.position].text.endswith("got 1, want 2")
    assert (log.line, log.message) == (20, "a log line: not an error")
    assert (fatal.line, fatal.message) == (21, "gave up")


def test_since_go_1_27_an_error_is_told_from_a_log_line() -> None:
    run = package(NEWEST, "outcomes")
    test = next(i for i, test in enumerate(run.tests) if test.name == "TestFails")
    messages = read_messages(line for line in run.lines if line.test == test)
    assert [message.output_type for message in messages] == ["error", "", "error"]


def test_a_message_that_starts_below_its_place_starts_with_its_text() -> None:
    lines = as_lines(
        "    x_test.go:9: ",
        "            Error Trace:    x_test.go:9",
        "            Error:          Not equal",
        "other output",
        "    y_test.go:7:",
    )
    assert read_messages(lines) == (
        Message(
            "x_test.go", 9, "    Error Trace:    x_test.go:9\n    Error:          Not equal", 0, ""
        ),
        Message("y_test.go", 7, "", 4, ""),
    )


def test_full_paths_and_deeper_subtests_are_read() -> None:
    lines = as_lines(
        "    /home/me/my project/x_test.go:9: why: because",
        "            sub_test.go:3: sub",
        "--- FAIL: TestX/sub (0.00s)",
        "        sub_test.go:4: deeper",
    )
    first, second = read_messages(lines)
    assert (first.file, first.line) == ("/home/me/my project/x_test.go", 9)
    assert first.message == "why: because\n    sub_test.go:3: sub"
    assert (second.file, second.line, second.message) == ("sub_test.go", 4, "deeper")


def test_output_of_other_shapes_is_no_message() -> None:
    assert read_messages(as_lines("x_test.go:9: no indent", "    text", "    x.txt:3: no")) == ()
