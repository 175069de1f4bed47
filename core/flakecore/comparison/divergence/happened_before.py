"""Which goroutines of a run could have had a part in how a test ended, and until when.

Backwards from the end: whoever ended a wait of a goroutine that had a part, or started it, had one
until then. This is the happened-before relation as far as a trace shows it; what goroutines pass to
each other by variables, and by channels and locks at which none had to wait, it does not show.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence

from flakecore.comparison.divergence.ended_waits import EndedWait
from flakecore.timeline import Case


def last_influence(
    case: Case, found: Sequence[EndedWait], ends: Mapping[int, int], of_test: Iterable[int]
) -> dict[int, int]:
    """Return until when each goroutine could have influenced the end, in ns since the case began.

    A goroutine that could not is left out.

    Args:
        case: one with a trace.
        found: the ended waits of the test's goroutines.
        ends: goroutines that have a part for sure, and until when.
        of_test: all goroutines of the test.
    """
    schedule, numbers = case.schedule, set(of_test)
    by_goroutine: dict[int, list[EndedWait]] = {}
    for each in found:
        by_goroutine.setdefault(each.goroutine, []).append(each)
    until: dict[int, int] = {}
    waiting = [(-time_ns, number) for number, time_ns in ends.items()]
    heapq.heapify(waiting)
    while waiting:
        negative, number = heapq.heappop(waiting)
        if number in until:
            continue  # it came with a later moment
        until[number] = -negative
        for each in by_goroutine.get(number, ()):
            if each.waker and each.time_ns <= -negative:
                heapq.heappush(waiting, (-each.time_ns, each.waker))
        goroutine = schedule.goroutine(number) if schedule is not None else None
        if goroutine is not None and goroutine.creator in numbers:
            heapq.heappush(waiting, (-goroutine.created_ns, goroutine.creator))
    return until
