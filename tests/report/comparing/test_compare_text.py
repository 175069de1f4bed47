"""Two runs beside each other as a person reads them."""

from __future__ import annotations

from dataclasses import replace

from flakecore.comparison import CaseComparison, Divergence, FirstDifference, Step
from flakecore.comparison.divergence.compare import LineDifference
from flakecore.comparison.divergence.roles import GoroutineRole
from flakecore.report.comparing import render_compare_text, where_it_parts

NOTHING = CaseComparison({}, 3, (), "", None, (), (), ())


def lines(found: CaseComparison) -> list[str]:
    return render_compare_text(["a.zip, run 2", "a.zip, run 7"], found).decode().splitlines()


def test_nothing_that_differs_is_said_to_be_so() -> None:
    assert [line for line in lines(NOTHING) if line] == [
        "A  a.zip, run 2",
        "B  a.zip, run 7",
        "Conditions: none that is recorded differs.",
        "Tests: all 3 ended alike.",
        "Where they part: no test ended otherwise; --test NAME follows one.",
        "Output: no line of the test differs.",
        "Features: none is known of the run in both runs.",
    ]


def test_where_a_goroutine_parts_both_steps_are_told() -> None:
    alike = Step(1_200_000, "prints first", "prints first")
    parting = Divergence(
        GoroutineRole("", "example.com/p.deliver", "/src/p/p.go", 12, 1),
        (17, 21),
        1,
        alike,
        Step(1_300_000, "prints gives up", "prints gives up \x1b[31m"),
        None,
    )
    found = CaseComparison(
        {"GOMAXPROCS": ("1", "2"), "load before": (2.0, None)},
        1,
        (),
        "TestX",
        FirstDifference(
            parting.role, (17, 21), (1_300_000, None), ("deliver (G17) waits", "ends \x1b"), True
        ),
        (parting,),
        (),
        (LineDifference("gives up", 1, 0),),
    )
    shown = lines(found)
    assert "  A GOMAXPROCS=1   B GOMAXPROCS=2" in shown
    assert "  A load before 2   B not recorded" in shown
    told = " ".join(line.strip() for line in shown)
    assert (
        "deliver started at p.go:12, number 2 (A G17, B G21): alike for 1 step, the last at 1.20ms:"
        " prints first A 1.30ms prints gives up B nothing more"
    ) in " ".join(told.split())
    assert "    1   0  gives up" in shown
    assert "TestX parts first: in A, at 1.30ms, deliver (G17) waits; in B ends" in told
    assert "it may mean nothing" in told
    assert "\x1b" not in "".join(shown)


def test_the_order_of_the_tests_is_told_where_they_part() -> None:
    found = CaseComparison({}, 3, (), "TestX", None, (), (), (), before=(("TestSeed",), ()))
    assert "  In A TestSeed ran before TestX, in B not." in lines(found)
    assert [*where_it_parts(found)] == ["In A TestSeed ran before TestX, in B not."]
    many = replace(found, before=((), tuple(f"Test{at}" for at in range(10))))
    (sentence,) = where_it_parts(many)
    assert sentence.startswith("In B Test0, Test1, ")
    assert sentence.endswith("Test7 and 2 more ran before TestX, in A not.")
