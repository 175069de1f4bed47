"""Of an element of a map or slice nobody says that nothing sends on it where something does."""

from __future__ import annotations

import pytest

from diagnosis.program_runs import RELEASES, Level, causes, program
from diagnosis.rule_table import record

LEFT = "no goroutine is left that sends on it or closes it"
TOLD = {
    "TestWaitsForAnElementsField": (
        f"Ga receives from a.news (@element-field); {LEFT} (@prints)"
        " [waits @element-field; sends @prints]"
    ),
    "TestWaitsForTheFirstOfASlice": (
        f"Ga receives from p.first().jobs (@slice-field); {LEFT} [waits @slice-field; sends @gives]"
    ),
    "TestWaitsForAChild": (
        f"Ga receives from a.done (@child); {LEFT} [waits @child; closes @finishes]"
    ),
    "TestWaitsForALinkOfAnArray": (
        f"Ga receives from first.out (@array); {LEFT} [waits @array; sends @feeds]"
    ),
    "TestWaitsForANamedMap": (
        f'Ga receives from p.boxes["a"] (@named-map); {LEFT} [waits @named-map; sends @keeps]'
    ),
    "TestWaitsForALocalMap": (
        f"Ga receives from first (@local-map); {LEFT} [waits @local-map; sends @answers-two]"
    ),
    "TestWaitsForOneOfTwo": (
        f"Ga receives from p.left (@one-of-two); {LEFT} [waits @one-of-two; sends @right]"
    ),
    "TestWaitsForAnElementThatNobodyHas": (
        "Ga receives from mine (@nobody), and nothing in the package sends on it or closes it"
        " [waits @nobody]"
    ),
}
UNKNOWN = (
    "TestWaitsForATopic",
    "TestWaitsForWhatAFunctionFinds",
)
"""By the source alone, what these wait for may be in any hands."""
SHAPE = "elements"


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
@pytest.mark.parametrize("level", [Level.FULL, Level.LOG, Level.TRACE_SOURCE])
def test_where_something_sends_on_an_element_that_is_told(
    test: str, level: Level, release: str
) -> None:
    told = causes(program(SHAPE, release), test, level)
    record("chan-no-sender", level, [f"chan-no-sender, inferred: {TOLD[test]}"], told)
    if level is Level.TRACE_SOURCE and not told:
        return  # of a goroutine that runs a trace has no stack: it may tell less
    assert told == [f"chan-no-sender, inferred: {TOLD[test]}"]


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", UNKNOWN)
@pytest.mark.parametrize("level", Level)
def test_where_the_source_does_not_tell_who_sends_nothing_is_told(
    test: str, level: Level, release: str
) -> None:
    told = causes(program(SHAPE, release), test, level)
    record(f"({SHAPE})", level, [], told)
    assert told == []
