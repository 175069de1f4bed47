"""A loop over a ticker that another goroutine has stopped, and over one that is slow."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_no_cause_by_page
from diagnosis.program_runs import RELEASES, Expected, check_silent, check_told

HANGS = {
    "TestTickerIsStopped": Expected(
        full=(
            "timer-lost, inferred: Ga ranges over b.tick.C (@beacon-range); Gb has stopped its "
            "ticker (@beacon-stop), which does not close it [waits @beacon-range; closes "
            "@beacon-stop]"
        ),
    ),
}
SOUND = ("TestTickerIsSlow",)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", HANGS)
def test_a_loop_over_a_stopped_ticker_is_told_with_who_stopped_it(release: str, test: str) -> None:
    check_told("services", release, test, HANGS[test])


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_ticker_that_is_stopped_later_is_no_cause(release: str, test: str) -> None:
    check_silent("services", release, test)
    check_no_cause_by_page("services", release, test)
