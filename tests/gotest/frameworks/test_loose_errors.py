"""What an excerpt without any result tells: the forms of assertion libraries, and nothing else."""

from __future__ import annotations

from flakecore.gotest.frameworks.loose_errors import read_loose_errors
from gotest.go_runs import as_lines

TESTIFY = (
    "    reef_test.go:61: ",
    "            Error Trace:    /w/reef/setup.go:44",
    "                                        /w/reef/reef_test.go:61",
    "            Error:          Condition never satisfied",
    "            Test:           TestReef/tide_turns",
)
GOCHECK = (
    "FAIL: buoy_test.go:31: Suite.TestBuoy",
    "",
    "buoy_test.go:40:",
    "    c.Assert(depth, Equals, 3)",
    "... obtained int = 2",
    "... expected int = 3",
)
GINKGO = (
    "• [FAILED] [2.301 seconds]",
    "Harbour when it floods [It] closes the gate",
    "/w/harbour/gate_test.go:88",
    "",
    "  [FAILED] Timed out after 2.000s.",
    "  In [It] at: /w/harbour/gate_test.go:95 @ 03/05/24 10:11:12.111",
    "------------------------------",
)


def said(*texts: str, test: int = -1) -> list[tuple[str, str, int, str]]:
    errors = read_loose_errors(as_lines(*texts, test=test))
    return [(each.test_name or each.subject, each.file, each.line, each.message) for each in errors]


def test_a_block_of_testify_names_its_test() -> None:
    told = [("TestReef/tide_turns", "/w/reef/reef_test.go", 61, "Condition never satisfied")]
    assert said(*TESTIFY) == told
    assert said("It fails now and then:", "", *TESTIFY, "", "Any idea?") == told


def test_a_block_copied_from_its_first_word_on_is_one() -> None:
    assert said(TESTIFY[0].strip(), *TESTIFY[1:]) == said(*TESTIFY)


def test_a_block_without_the_line_above_it_names_the_place_of_its_test() -> None:
    place = ("/w/reef/reef_test.go", 61)
    (told,) = said(*TESTIFY[1:])
    assert told[1:3] == place
    (told,) = said(*(text.strip() for text in TESTIFY[1:]))
    assert told[1:3] == place
    assert said(*TESTIFY[1:3], "", "Any idea?") == []


def test_the_name_of_a_test_is_one_line_whatever_follows_the_block() -> None:
    (told,) = said(*TESTIFY, "        more of it")
    assert told[0] == "TestReef/tide_turns"


def test_what_make_says_in_the_middle_of_a_block_is_not_of_it() -> None:
    assert said(TESTIFY[0], "make: *** [test-go] Error 1", *TESTIFY[1:]) == said(*TESTIFY)


def test_reports_of_frameworks_are_errors() -> None:
    assert [each[:3] for each in said(*GOCHECK)] == [("Suite.TestBuoy", "buoy_test.go", 40)]
    assert said(*GINKGO) == [
        (
            "Harbour when it floods [It] closes the gate",
            "/w/harbour/gate_test.go",
            95,
            "Timed out after 2.000s.",
        )
    ]


def test_what_belongs_to_a_test_or_to_a_result_below_is_not_loose() -> None:
    assert said(*TESTIFY, test=0) == []
    assert said(*GOCHECK, "--- FAIL: Test (0.00s)") == []


def test_plain_messages_and_prose_are_no_errors_without_a_result() -> None:
    assert said("    reef_test.go:61: connected after 3 tries") == []
    assert said("see reef_test.go:61: it says what is wrong", "Error: none") == []


def test_the_words_of_a_trace_alone_are_no_block() -> None:
    assert said("    reef_test.go:61: Error Trace: the words of it", "        and more") == []
