"""Logs whose lines stand in the order in which goroutines came to write them."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    f"Test{name}": [
        f"test-itself, inferred: Test{name} depends on which goroutine is first: {name} prints in"
        f" its {where} (@{place}) [fails @{mark}-fails; runs @{place}]"
    ]
    for name, where, mark, place in (
        ("Handle", "goroutines", "handle", "handle-logs"),
        ("Stages", "goroutine and beside it", "stages", "stages-prints"),
        ("Each", "goroutines", "each", "each-writes"),
    )
}
TOLD["TestLoad"] = [
    "test-itself, inferred: TestLoad depends on which goroutine is first: add appends as goroutines"
    " of @load-starts come (@load-appends) [fails @load-fails; runs @load-appends]"
]
SOUND = {"TestInTurn", "TestHandleOne", "TestOneByOne"}


@pytest.mark.parametrize("release", RELEASES)
def test_what_goroutines_log_is_told_where_order_alone_differs(release: str) -> None:
    check_causes("shared_logs", release, TOLD, {}, SOUND)
