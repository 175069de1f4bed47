"""Goroutines that are seen before the line in which they change what a test checks."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

_SERVES = "in (*Server).ServeHTTP (@lingers), is done"
_WORKS = "in (*Pool).work (@records), is done"
_HANDED = "started at @hands, is done"
_NEW, _BOTH = "started at @works, are done", "created @works; created @works"
TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} checks {what} (@{mark}-fails) before {who}, {where}"
        f" [fails @{mark}-fails; writes @{writes}; {places}]"
    ]
    for name, what, mark, who, where, writes, places in (
        *(
            (name, f"s.{name.lower()}", name.lower(), "Ga", _SERVES, writes, "runs @lingers")
            for name, writes in (("Hits", "hits"), ("Active", "leaves"))
        ),
        ("Done", "p.done", "done", "Ga", _WORKS, "counts", "runs @records"),
        ("Published", "heard", "published", "Ga", _HANDED, "hears", "created @hands"),
        ("Submitted", "p.done", "submitted", "Ga and Gb", _NEW, "counts", _BOTH),
    )
}
SOUND = {"TestHitsWhenClosed", "TestPublishedAndWaits", "TestNothingSubmitted", "TestAnswers"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_goroutine_that_is_before_its_change_is_told(release: str) -> None:
    check_causes("late_changes", release, TOLD, {test: [] for test in TOLD}, SOUND)
