"""A failing run is held against the passing one that ran under the most like conditions."""

from __future__ import annotations

from dataclasses import replace

from comparison.divergence.pair import failed_and_passed
from flakecore.comparison import Condition, Run
from flaketui.view.compared_run import compared_run, conditions_of_case


def run(number: int, conditions: dict[str, Condition]) -> Run:
    return Run("b", number, 0, 1, (), True, (), conditions, {}, True)


def test_the_most_alike_of_those_that_passed_is_chosen() -> None:
    failed, passed = failed_and_passed()
    cases = [
        replace(failed, attempt="001"),
        replace(passed, attempt="002"),
        replace(passed, attempt="003"),
        replace(failed, attempt="004"),
    ]
    runs = [
        run(1, {"GOMAXPROCS": "1", "GOGC": "10"}),
        run(2, {"GOMAXPROCS": "4", "GOGC": "10"}),
        run(3, {"GOMAXPROCS": "1", "GOGC": "10"}),
        run(4, {"GOMAXPROCS": "1", "GOGC": "10"}),
    ]
    assert compared_run(cases, 0, "TestDelivery", runs) == 2
    assert compared_run(cases, 0, "TestDelivery", ()) == 1
    assert compared_run(cases, 1, "TestDelivery", runs) == 0
    assert conditions_of_case(cases[2], runs) == runs[2].conditions


def test_where_it_ended_alike_in_all_others_there_is_none() -> None:
    failed, passed = failed_and_passed()
    assert compared_run([failed, replace(failed, attempt="2")], 0, "TestDelivery", ()) is None
    assert compared_run([failed, passed], 0, "TestSteady", ()) is None
    failed, passed = failed_and_passed()
    assert compared_run([failed, replace(passed, package="q")], 0, "TestDelivery", ()) is None
