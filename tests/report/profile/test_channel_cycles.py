"""A lock held in waits for a goroutine that waits for it, too, is a risk; its twins are none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from diagnosis.program_bundles import collected_program
from flakecore.diagnosis.source.go_files import GoFiles
from flakecore.report.profile.channel_cycles import ChannelCycle, channel_cycles, sites_of_trace
from flakecore.timeline.sources import Sources

pytestmark = pytest.mark.needs_go

PROGRAM = Path(__file__).parents[2] / "diagnosis" / "programs" / "channel_rings"


def _cycles(test: str) -> tuple[ChannelCycle, ...]:
    case = collected_program("channel_rings", "--no-race", "-run", f"^{test}$").case
    assert {span.status for span in case.tests} == {"pass"}
    files = GoFiles(Sources(working=PROGRAM), case.package)
    return channel_cycles(case, sites_of_trace(case), files)


def test_who_receives_needs_the_lock_that_senders_hold() -> None:
    (cycle,) = _cycles("TestNotesUnderTheSameLock")
    assert re.fullmatch(
        r"chan send was waited for \d times at relay\.post channel_rings_test\.go:24 while mu was"
        r" held, and G\d+, which ended these waits, waited for mu \d times at relay\.note"
        r" channel_rings_test\.go:33; where both happen at once, neither goes on unless another"
        r" goroutine serves the channel",
        cycle.text,
    )


@pytest.mark.parametrize("test", ["TestNotesUnderAnotherLock", "TestNotesBeforeAll"])
def test_another_lock_and_one_that_is_done_with_before_are_no_ring(test: str) -> None:
    assert _cycles(test) == ()
