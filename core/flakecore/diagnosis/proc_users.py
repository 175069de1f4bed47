"""What the procs ran between two moments: whose goroutines, the collector's workers, nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from flakecore.timeline import Case, Goroutine, LaneKind
from flakecore.timeline.lanes.folded_time import Axis

_COLUMNS = 512
"""Columns that the time is cut into; what a proc ran in the middle of one counts for all of it."""
_WORKS = 255
"""The value of a column in which a lane ran all the time (``Cells.work``)."""
COLLECTOR = "the collector's workers"
IDLE = "nothing"


@dataclass(frozen=True, slots=True)
class ProcUser:
    """What procs ran.

    Attributes:
        name: ``COLLECTOR``, ``IDLE``, a test for its goroutines, or a goroutine.
        goroutine: the number of that goroutine; 0 where the name stands for several.
    """

    name: str
    goroutine: int = 0


def proc_users(case: Case, start_ns: int, end_ns: int, test: int) -> list[tuple[ProcUser, float]]:
    """Return what the procs ran, each with its share of the time of all, the largest first.

    A test stands for its goroutines; ``IDLE`` for procs that ran none. Shares sum up to 1, and are
    exact to a column of ``_COLUMNS``. Empty where the window is.

    Args:
        case: what is asked, with a trace.
        start_ns: the window's beginning.
        end_ns: its end.
        test: the index of the test whose goroutines are named one by one.
    """
    schedule = case.schedule
    columns = min(_COLUMNS, end_ns - start_ns)
    if schedule is None or columns <= 0:
        return []
    axis = Axis((start_ns, end_ns), (columns,), ())
    lanes = [schedule.cells(lane, axis) for lane in schedule.lanes(LaneKind.PROC)]
    occupant = np.concatenate([each.occupant for each in lanes])
    work = np.concatenate([each.work for each in lanes]).astype(np.float64) / _WORKS
    numbers, which = np.unique(occupant, return_inverse=True)
    ran = np.bincount(which.ravel(), weights=work)
    total = float(max(schedule.procs_at(start_ns) * columns, ran.sum()))
    users: Counter[ProcUser] = Counter()
    for number, weight in zip(numbers.tolist(), ran.tolist(), strict=True):
        goroutine = schedule.goroutine(number) if number >= 0 else None
        users[_user(case, goroutine, test)] += weight / total
    users[ProcUser(IDLE)] += 1 - sum(users.values())
    return [(user, share) for user, share in users.most_common() if share > 0]


def _user(case: Case, goroutine: Goroutine | None, apart: int) -> ProcUser:
    if goroutine is None:
        return ProcUser(IDLE)
    if goroutine.function.startswith("runtime.gcBgMarkWorker"):
        return ProcUser(COLLECTOR)
    if goroutine.test >= 0 and goroutine.test != apart:
        return ProcUser(case.tests[goroutine.test].name)
    if goroutine.system:
        return ProcUser("the runtime")
    function = goroutine.short_function.partition(".")[2]
    name = f"G{goroutine.id} ({function})" if function else f"G{goroutine.id}"
    return ProcUser(name, goroutine.id)
