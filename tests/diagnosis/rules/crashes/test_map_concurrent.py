"""Maps that goroutines use at the same time, with both sides by the dump and by the source."""

from __future__ import annotations

import re

import pytest

from diagnosis.program_bundles import collected_program, failure_of, findings_on, named, places_of
from diagnosis.program_runs import RELEASES
from diagnosis.rule_table import record
from diagnosis.rules.panics import panicked
from flakecore.diagnosis import Certainty, Finding, explain
from timeline.captures import Capture
from toolchains import NEWEST

TOLD = {
    "TestReadsBesideAWrite": (
        r"GN reads c\.rows in \(\*cache\)\.get \(@gets\) while"
        r" (?:GN writes it at @puts|another uses it; put writes it \(@puts\))"
    ),
    "TestRangesBesideAWrite": (
        r"GN ranges over routes in listen \(@ranges\) while"
        r" (?:GN writes it at @routes"
        r"|another uses it; TestRangesBesideAWrite writes it \(@routes\))"
    ),
    "TestDeletesBesideAWrite": (
        r"GN writes seen in TestDeletesBesideAWrite\.func[12] \(@(?:marks|deletes)\)"
        r"(?: while GN writes it at @(?:marks|deletes))?"
    ),
}


def _run(test: str, release: str) -> Capture:
    return collected_program("maps", "--no-race", "-run", f"^{test}$", release=release)


def _the_finding(run: Capture, test: str, *, source: bool = True) -> Finding:
    found = findings_on(run, test) if source else explain(run.case, failure_of(run, test))
    (finding,) = found
    assert finding.rule == "map-concurrent"
    return finding


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_the_other_side_is_a_goroutine_of_the_dump_or_what_the_source_has(
    test: str, release: str
) -> None:
    finding = _the_finding(_run(test, release), test)
    claim = named(finding.claim)
    right = re.fullmatch(TOLD[test], claim) is not None
    told = [f"map-concurrent, inferred: {claim}"]
    record("map-concurrent", "dump and source", told if right else ["map-concurrent"], told)
    assert right, claim
    assert finding.certainty is Certainty.INFERRED
    roles = {each.partition(" ")[0] for each in places_of(finding)}
    assert "writes" in roles


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", TOLD)
def test_without_the_source_no_map_is_named_and_no_other_side_invented(
    test: str, release: str
) -> None:
    run = _run(test, release)
    finding = _the_finding(run, test, source=False)
    assert re.match(r"GN (?:reads|writes|ranges over) a map in ", named(finding.claim))
    (crash,) = run.case.crashes
    dumped = {each.number for each in crash.goroutines}
    assert {each.goroutine for each in finding.places} <= dumped
    if finding.certainty is Certainty.INFERRED:  # the dump has one amid the runtime's map code
        other = finding.places[-1]
        (found,) = (each for each in crash.goroutines if each.number == other.goroutine)
        assert any("maps" in each.function or "map" in each.function for each in found.frames)


def test_a_map_under_a_lock_is_no_failure() -> None:
    test = "TestReadsUnderALock"
    assert _run(test, NEWEST).case.failures == ()


def test_goroutines_that_write_in_one_line_are_told_with_it() -> None:
    finding = _the_finding(panicked("TestWritesMap"), "TestWritesMap")
    assert named(finding.claim).startswith(
        "GN writes words in TestWritesMap.func1 (@writes-map) while "
    )
    assert places_of(finding)[0] == "writes @writes-map"
