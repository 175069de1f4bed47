"""Text that lost its indentation gets back the blanks that package testing puts, and no other."""

from __future__ import annotations

from collections import Counter

import pytest

from flakecore.gotest import read_text
from flakecore.gotest.streams.wrappings.indents.lost_indentation import find_lost_indentation

FAILED = """=== RUN   TestA
--- FAIL: TestA (0.00s)
a_test.go:12: not equal
want 1
got  2
b_test.go:13:
FAIL
FAIL\texample.com/a\t0.01s"""


def restored(text: str) -> list[str]:
    lines = text.split("\n")
    wrapping = find_lost_indentation(lines)
    assert wrapping is not None
    return [text for _, text in wrapping.unwrap(((None, line) for line in lines), Counter())]


def test_places_get_four_blanks_and_what_goes_on_below_them_eight() -> None:
    assert restored(FAILED)[2:6] == [
        "    a_test.go:12: not equal",
        "        want 1",
        "        got  2",
        "    b_test.go:13:",
    ]
    assert restored(FAILED)[6:] == FAILED.split("\n")[6:]


def test_the_stack_of_a_panic_that_a_suite_caught_belongs_to_its_message() -> None:
    said = "suite.go:62: test panicked: boom\ngoroutine 51 [running]:\nmain.f()\n\t/src/a.go:9 +0x1"
    text = f"--- FAIL: TestA (0.00s)\n{said}\n=== RUN   TestB"
    assert restored(text)[2:] == [
        "        goroutine 51 [running]:",
        "        main.f()",
        "        \t/src/a.go:9 +0x1",
        "=== RUN   TestB",
    ]


@pytest.mark.parametrize(
    "text",
    [
        FAILED.replace("--- FAIL", "--- PASS"),
        FAILED.replace("want 1", "  want 1"),
        FAILED.replace("_test.go", ".go"),
    ],
    ids=["nothing failed", "one line is indented", "a logger's places"],
)
def test_text_that_has_its_indentation_or_needs_none_is_left_alone(text: str) -> None:
    assert find_lost_indentation(text.split("\n")) is None


FIRST = """\
controller.go:137: missing call(s) to *mocks.Crane.Lift() /w/quay/crane_test.go:395
    controller.go:137: aborting test due to missing call(s)
--- FAIL: TestCrane (10.01s)
"""


@pytest.mark.parametrize(
    ("text", "blanks"),
    [
        (FIRST, 4),
        (FIRST.replace("controller.go:137: miss", "server.go:12: miss"), 0),
        (FIRST.replace("--- FAIL", "--- PASS"), 0),
    ],
)
def test_a_first_line_that_was_copied_without_its_blanks_is_a_message(
    text: str, blanks: int
) -> None:
    (run,) = read_text(text.encode(), name="test.log").packages
    first = run.lines[0].text
    assert len(first) - len(first.lstrip()) == blanks
