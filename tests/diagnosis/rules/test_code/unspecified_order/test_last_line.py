"""Lines of two goroutines, one of which a test wants to be the last."""

from __future__ import annotations

import pytest

from diagnosis.assertion_runs import Told, check_causes
from diagnosis.program_runs import RELEASES

TOLD: Told = {
    "TestStoppedLast": [
        "test-itself, inferred: TestStoppedLast depends on which goroutine is later: @stopped or "
        "@worker-left [fails @stopped-fails; writes @stopped; writes @worker-left; created "
        "@loop-starts]",
    ],
    "TestFlushedLast": [
        "test-itself, inferred: TestFlushedLast checks j.lines (@flushed-fails) before Ga, "
        "started at @flush-starts, is done [fails @flushed-fails; writes closing_words.go:20; "
        "created @flush-starts]",
        'test-itself, inferred: TestFlushedLast wants "all is flushed" last, which a goroutine '
        "comes to whenever it runs (@flushed) [fails @flushed-fails; writes @flushed; writes "
        "@closed; created @flush-starts]",
    ],
    "TestWarmsFirst": [
        'test-itself, inferred: TestWarmsFirst wants "warming" there, which a goroutine comes to '
        "whenever it runs (@warming) [fails @warms-fails; writes @warming; writes @loading; "
        "created @warm-starts]",
    ],
}
LOG: Told = {
    "TestFlushedLast": [
        'test-itself, inferred: TestFlushedLast wants "all is flushed" last, which a goroutine '
        "comes to whenever it runs (@flushed) [fails @flushed-fails; writes @flushed; writes "
        "@closed; created @flush-starts]",
    ],
}
SOUND = {"TestShutLast", "TestEndedLast", "TestHaltedLast", "TestOwnLast"}


@pytest.mark.parametrize("release", RELEASES)
def test_either_line_may_be_last_and_both_are_told(release: str) -> None:
    check_causes("closing_words", release, TOLD, LOG, SOUND)
