"""Messages of a log whose front is cut off go to their own tests."""

from __future__ import annotations

from flakecore.gotest import read_text


def said(text: str) -> dict[str, list[str]]:
    (run,) = read_text(text.encode(), name="test.log").packages
    found: dict[str, list[str]] = {}
    for line in run.lines:
        if line.text.startswith("    ") and "--- " not in line.text:
            name = run.tests[line.test].name if line.test >= 0 else ""
            found.setdefault(name, []).append(line.text.strip())
    return found


def test_messages_before_the_first_result_and_none_behind_the_last_stand_before_theirs() -> None:
    text = (
        "    a_test.go:8: one\n--- FAIL: TestA (2.28s)\n"
        "    a_test.go:9: two\n        and more\n--- FAIL: TestB (1.55s)\nFAIL\nFAIL\tp\t3.9s\n"
    )
    assert said(text) == {"TestA": ["a_test.go:8: one"], "TestB": ["a_test.go:9: two", "and more"]}


def test_messages_behind_results_belong_to_these() -> None:
    text = (
        "--- FAIL: TestA (2.28s)\n    a_test.go:8: one\n"
        "--- FAIL: TestB (1.55s)\n    a_test.go:9: two\nFAIL\nFAIL\tp\t3.9s\n"
    )
    assert said(text) == {"TestA": ["a_test.go:8: one"], "TestB": ["a_test.go:9: two"]}


def test_a_message_of_a_test_whose_result_is_cut_off_goes_to_no_other() -> None:
    text = (
        "    a_test.go:8: of one that is cut off\n--- FAIL: TestB (1.55s)\n    a_test.go:9: two\n"
        "FAIL\nFAIL\tp\t3.9s\n"
    )
    assert said(text) == {
        "": ["a_test.go:8: of one that is cut off"],
        "TestB": ["a_test.go:9: two"],
    }


def test_a_log_that_begins_with_a_subtests_result_has_its_message() -> None:
    text = "    --- FAIL: TestA/west (0.09s)\n        a_test.go:40: west is dry\nFAIL\n"
    assert said(text) == {"TestA/west": ["a_test.go:40: west is dry"]}
