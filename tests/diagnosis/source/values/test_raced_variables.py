"""A race is told with the variable that both lines touch, where they leave one only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diagnosis.checked_findings import explain
from diagnosis.program_bundles import (
    collected_program,
    findings_on,
    places_of,
    sources_of,
)
from diagnosis.rule_table import record
from flakecore.diagnosis import Finding
from flakecore.gotest import DumpFrame

SHAPE = "raced_variables"
VARIABLES = {
    "TestField": ("seen", "c.hits", "@hits", "@ratio"),
    "TestPackageVariable": ("seen", "generation", "@generation"),
    "TestListThatGrows": ("seen", "j.lines", "@notes", "@size"),
    "TestCopies": ("seen", "s.Name", "@renames", "@copies"),
    "TestCaptured": ("seen", "err", "@sets-error", "@asks-error"),
    "TestOfAStructOfItsOwn": ("seen", "p.of.most", "@sets-most", "@asks-most"),
    "TestMap": ("seen", "seen", "@sees", "@sees-later"),
    "TestElements": ("inferred", "elements of s", "@raises", "@orders"),
    "TestBuffer": ("inferred", "c.buffer", "@prints", "@text"),
    "TestDice": ("inferred", "d.source", "@rolls"),
    "TestEncodes": ("inferred", "s.Name", "@renames", "@encodes"),
    "TestReadsLines": ("inferred", "l.in", "@next"),
}
"""By test, how the variable is known, what it is, and the lines that touch it."""
WITHOUT = {
    "TestOneOfTwoFields": ("@swaps", "@ratio"),
    "TestTwoInALine": ("@swaps-two", "@sets-two"),
    "TestOfEachCall": ("@adds-own",),
}
"""Races whose lines touch several variables, or none that has a name."""


def _lines(finding: Finding) -> set[str]:
    """Return the marks of the lines that a finding has as accesses."""
    places = (each.split(" ") for each in places_of(finding))
    return {mark for role, mark in places if role in ("writes", "reads")}


def _told(finding: Finding) -> str:
    on = finding.claim.removeprefix("Race").partition(":")[0].removeprefix(" on ")
    return f"{finding.rule}, {finding.certainty}: {on}"


@pytest.mark.parametrize("test", VARIABLES)
def test_the_variable_that_both_lines_touch_is_named(test: str) -> None:
    certainty, variable, *lines = VARIABLES[test]
    found = findings_on(collected_program(SHAPE), test)
    told = list(dict.fromkeys(_told(each) for each in found))
    record("race", "trace, log and source", [f"race, {certainty}: {variable}"], told)
    assert told == [f"race, {certainty}: {variable}"]
    assert all(_lines(each) <= set(lines) for each in found)
    how = "touch" if certainty == "seen" else "hand over"
    for each in found:
        assert f"both lines {how} {variable} by the source" in [one.text for one in each.evidence]


@pytest.mark.parametrize("test", WITHOUT)
def test_of_several_variables_none_is_named(test: str) -> None:
    found = findings_on(collected_program(SHAPE), test)
    told = list(dict.fromkeys(_told(each) for each in found))
    record("race", "trace, log and source", ["race, seen: "], told)
    assert told == ["race, seen: "]
    assert all(_lines(each) <= set(WITHOUT[test]) for each in found)


def test_without_the_source_no_variable_is_named() -> None:
    run = collected_program(SHAPE)
    for failure in run.case.failures:
        found = explain(run.case, failure)
        record("race", "trace and log", ["race, seen: "], list(dict.fromkeys(map(_told, found))))
        assert {_told(each) for each in found} == {"race, seen: "}


def test_a_line_in_a_function_of_another_name_names_no_variable() -> None:
    run = collected_program(SHAPE)
    package = sources_of(run)
    for failure in run.case.failures:
        for index in failure.races:
            race = run.case.races[index]
            moved = tuple(
                replace(access, frames=tuple(_renamed(each) for each in access.frames))
                for access in race.accesses
            )
            case = replace(run.case, races=(replace(race, accesses=moved),))
            (found,) = explain(case, replace(failure, races=(0,)), package)
            assert _told(found) == "race, seen: "


def _renamed(frame: DumpFrame) -> DumpFrame:
    return replace(frame, function=f"example.com/{SHAPE}.formerly")


def test_what_is_locked_does_not_race() -> None:
    run = collected_program(SHAPE)
    assert "TestFieldUnderLock" in {each.name for each in run.case.tests}
    assert "TestFieldUnderLock" not in {each.test_name for each in run.case.failures}
