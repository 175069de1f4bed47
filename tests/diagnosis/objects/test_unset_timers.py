"""A ticker that is not set by the page is told with who stopped it."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_by_page
from diagnosis.program_runs import RELEASES

BY_PAGE: dict[str, tuple[str, ...]] = {
    "TestTickerIsStopped": (
        (
            "timer-lost, inferred: Ga ranges over b.tick.C (@beacon-range); Gb has stopped its "
            "ticker (@beacon-stop), which does not close it [waits @beacon-range; closes "
            "@beacon-stop]"
        ),
    ),
}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", BY_PAGE)
def test_a_ticker_that_is_not_set_is_told_with_who_stopped_it(release: str, test: str) -> None:
    check_by_page("services", release, test, *BY_PAGE[test])
