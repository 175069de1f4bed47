"""Sorts that find elements equal, which then stay as a map or goroutines have put them."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, case_of, check_causes, found_on
from diagnosis.program_runs import RELEASES
from flakecore.diagnosis import Weight
from toolchains import NEWEST

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on the order of equals: {name} sorts by Score"
        f" alone (@{mark}-sorts) [fails @{mark}-fails; runs @{mark}-sorts; runs @{place}]"
    ]
    for name, mark, place in (
        ("Ranking", "ranking", "ranking-ranges"),
        ("Lowest", "lowest", "lowest-ranges"),
        ("Gathered", "gathered", "gathered-appends"),
    )
}
SOUND = {"TestByCount", "TestRankingUpwards", "TestExact"}


@pytest.mark.parametrize("release", RELEASES)
def test_the_order_of_what_is_equal_is_told_where_the_keys_show_it(release: str) -> None:
    check_causes("tied_sorts", release, TOLD, {}, SOUND)


def test_where_the_keys_do_not_show_it_is_a_circumstance() -> None:
    found = found_on(case_of("tied_sorts", NEWEST))
    (told,) = found["TestByCount"]
    assert told.weight is Weight.CIRCUMSTANCE
    assert told.claim.startswith("ByCount sorts by counts[words[i]] alone (tied_sorts.go:")
    assert told.claim.endswith("and leaves the order of equals open")
    assert not found["TestRankingUpwards"] and not found["TestExact"]
