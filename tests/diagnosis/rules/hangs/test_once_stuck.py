"""A Once whose function waits for who needs it, without a page; and ones that end."""

from __future__ import annotations

from diagnosis.hang_tables import HangsAreTold, SoundIsSilent
from diagnosis.program_runs import Expected

HANGS = {
    "TestFilledByWhoWaits": Expected(
        full=(
            "once-stuck, inferred: Ga waits for c.once (@load-do); Gb is in it, stuck in a channel "
            "receive (@load-receive) [waits @load-do; locked_at @load-do; holds @load-receive]"
        ),
    ),
    "TestWorkersNeedTheEngine": Expected(
        full=(
            "once-stuck, inferred: Ga waits for e.once (@start-do); Gb is in it, stuck in a "
            "WaitGroup.Wait (@boot-wait) [waits @start-do; locked_at @start-do; holds @boot-wait]"
        ),
    ),
    "TestEachNeedsTheOther": Expected(
        full=(
            "once-stuck, inferred: Deadlock: Ga and Gb each hold h.once (@make-do) and wait for "
            "the other's (@make-do) [waits @make-do; locked_at @make-do; waits @make-do; "
            "locked_at @make-do]"
        ),
    ),
}
SOUND = ("TestFilledLate", "TestWorkersSleep", "TestOneNeedsNobody")


class TestOnceStuck(HangsAreTold, SoundIsSilent):
    """Who waits is told with who is in it; that a value waits for another's Once is no fault."""

    shape, hangs, sound = "once_stuck", HANGS, SOUND
