from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flakecore.gotest import Line, Message, errors_among, is_outside_messages, read_messages
from flakecore.gotest.frameworks import messages
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
    told = read_messages(line for line in run.lines if line.test == test)
    assert [message.output_type for message in told] == ["error", "", "error"]


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


PIECES = ["", "x", "-", " a", "    a_test.go:3: boo", "        more", "    --- FAIL: TestA (0.00s)"]
PIECES += ["--- FAIL: TestA (0.00s)", "=== RUN   TestA", "    Error Trace: a", "\N{NO-BREAK SPACE}"]
PIECES += ["make: *** [all] Error 2"]


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_lines_that_tell_no_message_can_be_left_out_but_for_the_first(texts: list[str]) -> None:
    lines = as_lines(*texts)
    silent = is_outside_messages(lines).tolist()
    pairs = zip(lines, silent, [False, *silent], strict=False)
    told = [line for line, this, before in pairs if not (this and before)]
    assert read_messages(told) == read_messages(lines)


def test_of_more_messages_than_can_be_told_apart_errors_and_both_ends_are_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(messages, "MOST_MESSAGES", 30)
    texts = [f"    a_test.go:3: step {at}" for at in range(1_000)]
    texts[500] = "    a_test.go:9: got 1, want 2"
    found = read_messages(as_lines(*texts))
    assert len(found) < 60
    assert (found[0].message, found[-1].message) == ("step 0", "step 999")
    assert [each.position for each in errors_among(found)] == [500]
    certain = [
        Line(at, None, 0, text, "error" if at == 700 else "") for at, text in enumerate(texts)
    ]
    assert [each.position for each in errors_among(read_messages(certain))] == [700]
