"""Packages that are indented differently are read alike; what a test printed stays its own."""

from __future__ import annotations

import pytest

from flakecore.gotest import Outcome, read_text
from flakecore.gotest.streams.wrappings.indents.indented_packages import find_indented_packages

ONE = """\
=== RUN   TestRope
    rope_test.go:5: want 1, got 2
--- FAIL: TestRope (0.00s)
FAIL
FAIL\texample.com/rope\t0.003s
"""
OTHER = """\
--- FAIL: TestKnot (0.00s)
    knot_test.go:9: want 3, got 4
FAIL
FAIL\texample.com/knot\t0.004s
FAIL
"""


def told(text: str) -> dict[str, list[tuple[str, Outcome, list[str]]]]:
    return {
        run.package: [
            (
                test.name,
                test.outcome,
                [line.text.strip() for line in run.lines if line.test == at and ".go" in line.text],
            )
            for at, test in enumerate(run.tests)
        ]
        for run in read_text(text.encode(), name="test.log").packages
        if run.package
    }


def indented(text: str, blanks: str) -> str:
    return "".join(f"{blanks}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize("blanks", ["  ", "    ", "\t"])
def test_each_package_is_read_by_its_own_indentation(blanks: str) -> None:
    bare = told(ONE + OTHER)
    assert len(bare) == 2
    assert told(ONE + indented(OTHER, blanks)) == bare
    assert told(indented(ONE, blanks) + OTHER) == bare


def test_what_a_test_printed_of_another_go_test_is_no_package() -> None:
    inner = indented(ONE, "        ")
    for outer in (
        f"=== RUN   TestKnot\n    knot_test.go:9: it said:\n{inner}--- FAIL: TestKnot (0.00s)\n",
        f"--- FAIL: TestKnot (0.00s)\n    knot_test.go:9: it said:\n{inner}",
    ):
        text = f"ok  \texample.com/mast\t0.1s\n{outer}FAIL\nFAIL\texample.com/knot\t0.004s\n"
        assert set(told(text)) == {"example.com/mast", "example.com/knot"}


def test_packages_that_are_indented_alike_have_no_such_wrapping() -> None:
    for text in (ONE + OTHER, indented(ONE + OTHER, "  "), ONE, ""):
        assert find_indented_packages(text.splitlines()) is None
