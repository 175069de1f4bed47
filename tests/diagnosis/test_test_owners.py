"""The test of each goroutine without a trace: by its label, its stack, or who created it."""

from __future__ import annotations

from pathlib import Path

from diagnosis.objects.made_case import made_case
from flakecore.diagnosis.test_owners import Owned, owning_tests
from flakecore.objects import PageFrame

OF_TEST = (PageFrame("example.com/bank.TestBoth.func1", "/src/bank/bank_test.go", 20),)
OTHER = (PageFrame("example.com/bank.work", "/src/bank/bank.go", 20),)


def test_a_label_comes_before_the_stack_and_the_stack_before_the_creator(tmp_path: Path) -> None:
    goroutines = [
        Owned(7, 0, OF_TEST),
        Owned(8, 7, OF_TEST, "TestBoth/sub"),
        Owned(9, 8, OTHER),
        Owned(10, 9, OTHER, "TestOfAnotherBinary"),
        Owned(11, 77, OTHER),
        *(Owned(12, 13, OTHER), Owned(13, 12, OTHER)),
    ]
    case = made_case(tmp_path)
    found = owning_tests(case, goroutines, 0)
    named = {number: case.tests[index].name for number, index in found.items()}
    assert named == {7: "TestBoth", 8: "TestBoth/sub", 9: "TestBoth/sub", 10: "TestBoth/sub"}
