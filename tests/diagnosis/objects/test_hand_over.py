"""A lock that another goroutine gives back is no deadlock."""

from __future__ import annotations

import pytest

from diagnosis.object_runs import check_no_cause_by_page
from diagnosis.program_runs import RELEASES, check_silent

SOUND = ("TestRunnerGivesBack",)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("test", SOUND)
def test_a_lock_that_was_handed_on_is_no_cause(release: str, test: str) -> None:
    check_silent("services", release, test)
    check_no_cause_by_page("services", release, test)
