"""Lines and writes paired without recorded packets: what is foreign, and which test is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from alignment.sequences import PRINTLN, RUN, stack, writes_of
from flakecore.alignment.inferred_pairs import examples_of, foreign_lines, named_tests, pair_lines
from flakecore.alignment.traced_writes import TracedWrites
from timeline.constructed_runs import output, run_of

RESULT = stack(
    "fmt.Fprintf",
    "testing.(*chattyPrinter).Updatef",
    "testing.(*common).flushToParent",
    "testing.tRunner",
)


@dataclass(frozen=True)
class Created:
    """A goroutine by its creator and the time of its creation."""

    creator: int
    created_ns: int


@dataclass(frozen=True)
class Tree:
    """Goroutines with their tests and their creations."""

    tests: Mapping[int, int]
    created: Mapping[int, Created]

    def test_of(self, number: int) -> int:
        return self.tests.get(number, -1)

    def goroutine(self, number: int) -> Created | None:
        return self.created.get(number)


TREE = Tree({7: 0, 8: 1}, {7: Created(1, 8), 8: Created(1, 28)})
"""Goroutine 1 creates 7 and 8, which run tests 0 and 1, at 8 and 28 ns."""


def test_the_announcement_before_a_tests_goroutine_was_created_names_that_test() -> None:
    writes = writes_of([RUN, PRINTLN, RUN, RESULT], goroutines=[1, 7, 1, 8])
    test_of = named_tests(writes, TREE, [7, 8], [])
    assert [test_of(row) for row in range(4)] == [0, 0, 1, 1]


def test_an_announcement_without_a_goroutine_after_it_names_none() -> None:
    writes = writes_of([RUN, RUN, RUN], goroutines=[1, 1, 5])
    test_of = named_tests(writes, TREE, [7, 0], [])
    assert [test_of(row) for row in range(3)] == [0, -1, -1]


def test_examples_are_the_tests_named_so() -> None:
    names = ("TestA", "ExampleA", "Example")
    run = run_of(*({"Action": "run", "Test": name} for name in names))
    assert examples_of(run) == [1, 2]


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("ok  \texample.com/pool\t0.01s", True),
        ("FAIL\texample.com/pool\t0.01s", True),
        ("exit status 1", True),
        ("coverage: 10.0% of statements", True),
        ("okay", False),
        ("FAIL", False),
    ],
)
def test_what_the_go_command_adds_to_the_package_is_no_write_of_the_test(
    text: str, foreign: bool
) -> None:
    assert foreign_lines(run_of(output(text))).tolist() == [foreign]


def test_the_same_text_printed_by_a_test_is_its_own() -> None:
    run = run_of({"Action": "run", "Test": "TestA"}, output("exit status 1", "TestA"))
    assert foreign_lines(run).tolist() == [False]


def test_lines_and_writes_in_one_order_are_paired_for_certain() -> None:
    run = run_of(
        {"Action": "run", "Test": "TestA"},
        output("=== RUN   TestA", "TestA"),
        *(output(f"line {number}", "TestA") for number in range(4)),
    )
    writes = writes_of([RUN, *[PRINTLN] * 4], goroutines=[1, 7, 7, 7, 7])
    pairs = pair_lines(run, TracedWrites(writes, TREE, [7], None, complete=True))
    assert pairs.write.tolist() == [0, 1, 2, 3, 4]
    assert pairs.certain.all()
    assert pairs.goroutine.tolist() == [1, 7, 7, 7, 7]
