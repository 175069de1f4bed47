"""Maps that goroutines use at the same time."""

from __future__ import annotations

from diagnosis.program_bundles import named, places_of
from diagnosis.rules.panics import the_finding_on
from flakecore.diagnosis import Certainty


def test_the_goroutine_that_noticed_is_told_and_no_other_is_invented() -> None:
    finding = the_finding_on("TestWritesMap")
    assert (finding.rule, finding.certainty) == ("map-concurrent", Certainty.SEEN)
    assert named(finding.claim).startswith("GN writes a map in TestWritesMap.func1 (@writes-map)")
    assert places_of(finding)[0] == "writes @writes-map"
