"""Words and marks of a triage."""

from __future__ import annotations

import shlex

from flakecore.fleet.triage.clusters import FailurePlace
from flakecore.fleet.triage.flaky_tests import Since
from flakecore.report.fleet.triage_words import open_command, since_words, sparkline


def test_a_sparkline_tells_no_run_from_no_failure() -> None:
    trend = [(0, 0), (4, 0), (4, 1), (4, 2), (4, 4)]
    assert sparkline(trend) == " ·▃▅█"
    assert sparkline(trend, ascii=True) == " .358"


def test_passes_before_are_told_from_luck() -> None:
    known = Since("abc", 0, 40, 0.001)
    assert since_words(known) == (
        "first failed at revision abc; 0 of 40 runs before (p = 0.001 at the rate since)"
    )
    luck = since_words(Since("abc", 0, 2, 0.6))
    assert luck.endswith("0 of 2 runs before, too few to tell that from luck")
    assert since_words(Since("abc", 0, 0, 1.0)).endswith("it has no runs at earlier ones")


def test_a_command_survives_hostile_names() -> None:
    place = FailurePlace("/ci/a b.zip", "p", "", "Test/$(rm -rf x)")
    words = shlex.split(open_command(place))
    assert words == ["flaketui", "/ci/a b.zip", "--package", "p", "--test", "Test/$(rm -rf x)"]
