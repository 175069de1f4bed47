"""Faults at addresses, and conversions that checkptr finds, are told with their line and reason."""

from __future__ import annotations

import sys

import pytest

from diagnosis.assertion_runs import case_of, case_of_log, found_on
from diagnosis.program_runs import RELEASES, told
from diagnosis.rule_table import record
from toolchains import NEWEST

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="maps files as Linux does")
CHECKS = ("-gcflags=-d=checkptr",)
TOLD = {
    "TestReadsUnmapped": (
        "panic-cause, seen: Ga reads or writes in last (@reads) where no memory is mapped"
        " [panics @reads]"
    ),
    "TestReadsBehindTheEnd": (
        "panic-cause, seen: Ga reads or writes in last (@reads) behind the end of what is mapped"
        " there, such as a file that was cut [panics @reads]"
    ),
    "TestWritesWhatIsReadOnly": (
        "panic-cause, seen: Ga reads or writes in TestWritesWhatIsReadOnly (@writes) in memory that"
        " may not be used so [panics @writes]"
    ),
    "TestConvertsTooLittle": (
        "panic-cause, seen: Ga breaks a rule of unsafe.Pointer in first (@converts): converted"
        " pointer straddles multiple allocations [panics @converts]"
    ),
}
SOUND = ("TestReadsMapped", "TestConvertsEnough")


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_an_address_that_is_wrong_is_told(test: str, release: str) -> None:
    flags = CHECKS if "Converts" in test else ()
    for level, of in (("trace and log", case_of), ("log alone", case_of_log)):
        case = of("addresses", release, f"-run=^{test}$", *flags)
        found = [told(each) for found in found_on(case).values() for each in found]
        record("panic-cause", level, [TOLD[test]], found)
        assert found == [TOLD[test]], level


@pytest.mark.parametrize("test", SOUND)
def test_an_address_that_is_right_is_no_failure(test: str) -> None:
    flags = CHECKS if "Converts" in test else ()
    assert case_of("addresses", NEWEST, f"-run=^{test}$", *flags).failures == ()
