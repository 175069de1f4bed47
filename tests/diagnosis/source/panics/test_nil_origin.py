"""Panics over nil values are told with where the nil came from."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from toolchains import NEWEST

TOLD = {
    "TestPutsIntoABareStore": (
        "Ga writes to the nil map s.rows in (*Store).Put (@put), which only NewStore sets"
        " (@new-store) [panics @put; created @new-store]"
    ),
    "TestRegisters": (
        "Ga writes to the nil map registry in Register (@registers), which nothing in the package"
        " sets [panics @registers]"
    ),
    "TestOpens": (
        "Ga writes to the nil map own in Open (@open), which is declared without a value"
        " (@open-declares) [panics @open; created @open-declares]"
    ),
    "TestFillsWhatItMayHaveMade": "Ga writes to the nil map own in Fill (@fill) [panics @fill]",
    "TestLabel": (
        "Ga follows a nil pointer, label, in (*Store).Label (@label), which nothing in the package"
        " sets [panics @label]"
    ),
    "TestSizeOfNone": (
        "Ga follows a nil pointer, found, in Size (@size), which Find returns as nil (@find-nil)"
        " [panics @size; created @find-nil]"
    ),
    "TestOfNone": (
        "Ga follows a nil pointer, store, in Of (@of), which stores[name] gave (@of-index)"
        " [panics @of; created @of-index]"
    ),
}
SOUND = ("TestPutsIntoANewStore", "TestFillsWhatItMade", "TestSizeOfOne", "TestOfOne")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("of", [case_of, case_of_log])
@pytest.mark.parametrize("test", TOLD)
@pytest.mark.slow
def test_a_nil_is_told_with_where_it_came_from(test: str, of: object, release: str) -> None:
    assert callable(of)
    ((finding,),) = found_on(of("nil_values", release, f"-run=^{test}$")).values()
    assert told(finding) == f"panic-cause, inferred: {TOLD[test]}"


@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_neither_name_nor_past_is_told(test: str) -> None:
    case = case_of("nil_values", NEWEST, f"-run=^{test}$")
    ((finding,),) = found_on(case, source=False).values()
    assert "which" not in finding.claim
    assert finding.certainty == "seen"


@pytest.mark.parametrize("test", SOUND)
def test_what_was_made_does_not_panic(test: str) -> None:
    assert case_of("nil_values", NEWEST, f"-run=^{test}$").failures == ()
