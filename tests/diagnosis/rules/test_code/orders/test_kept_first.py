"""Functions that keep the error of whichever goroutine fails first, and selects on contexts."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on which goroutine fails first: {name} keeps"
        f" the first error alone (@{keeps}) [fails @{name.lower()}-fails; reads @{keeps}; {starts}]"
    ]
    for name, keeps, starts in (
        ("All", "all-keeps", "created @all-starts"),
        ("Each", "each-receives", "created @each-starts"),
        ("Both", "both-keeps", "created @one-starts; created @other-starts"),
    )
}
TOLD["TestNextCancelled"] = [
    "test-itself, inferred: TestNextCancelled depends on which case a select takes: f.items and"
    " ctx.Done() are both ready (@selects)"
    " [fails @cancelled-fails; receives @selects; sends @sends; closes @cancels]"
]
SOUND = {"TestAllOfOne", "TestAllOfOthers", "TestJoined", "TestNextOfNothing"}


@pytest.mark.parametrize("release", RELEASES)
def test_who_fails_first_is_told_where_one_error_alone_is_kept(release: str) -> None:
    check_causes("kept_errors", release, TOLD, {}, SOUND)
