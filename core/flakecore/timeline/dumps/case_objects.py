"""The objects pages of a case, on its clock.

A page has its moment on CLOCK_MONOTONIC and on the wall clock, and all its other times on the
former. Since Go 1.25 a trace has both too, and ties its own clock to the monotonic one exactly.
Before, the waits do that of which the trace has the beginning as well as the page; without any the
wall clock does, as for the output, with the output's error.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.loss import Loss
from flakecore.objects import ObjectsPage, read_pages
from flakecore.timeline.clock import Clock
from flakecore.timeline.lanes.lane import Lane, LaneKind
from flakecore.timeline.lanes.schedule import Schedule
from flakecore.unexpected_errors import loss_of_error

_COMPARED = 64
"""Waits of a page that are compared with the trace's."""


def case_objects(
    bundle: Bundle,
    artefacts: Sequence[Artefact],
    schedule: Schedule | None,
    snapshot_ns: int | None,
    clock: Clock,
) -> tuple[tuple[ObjectsPage, ...], tuple[Loss, ...]]:
    """Return the pages of a case, and what of them could not be read.

    Args:
        bundle: holds the artefacts.
        artefacts: those of the case.
        schedule: the lanes of its trace; None without one.
        snapshot_ns: what the trace adds to the monotonic clock; None where it has none.
        clock: the case's clock. Where that has no wall clock, no page is ``timed``.
    """
    pages: list[ObjectsPage] = []
    losses: list[Loss] = []
    for artefact in artefacts:
        if artefact.kind is not Kind.OBJECTS:
            continue
        try:
            data = bundle.read(artefact)
            ahead = snapshot_ns
            if ahead is None and schedule is not None:
                ahead = _by_waits(data, schedule)
            found, lost = read_pages(data, name=artefact.name, offset=_Offset(ahead, clock))
        except Exception as error:
            losses.append(loss_of_error(error, artefact.name))
            continue
        pages += found
        losses += lost
    return tuple(pages), tuple(losses)


class _Offset:
    """Computes what is to be added to a page's times for those of the case."""

    def __init__(self, ahead_ns: int | None, clock: Clock) -> None:
        self._ahead_ns = ahead_ns
        self._zero_ns = clock.zero_wall_ns

    def __call__(self, mono_ns: int, unix_ns: int) -> int | None:
        if self._ahead_ns is not None and mono_ns:
            return self._ahead_ns
        if self._zero_ns is None or not mono_ns or not unix_ns:
            return None
        return unix_ns - mono_ns - self._zero_ns


def _by_waits(data: memoryview, schedule: Schedule) -> int | None:
    """Return what the trace adds to the monotonic clock, by waits that it has too; None for none.

    A wait that nothing ended is in both from its beginning. One that the page shows, and that
    ended and began anew, is the exception, so the middle one of all differences counts.
    """
    moments: list[int] = []

    def keep(mono_ns: int, unix_ns: int) -> None:
        del unix_ns
        moments.append(mono_ns)

    found, _ = read_pages(data, name="", offset=keep)
    ahead: list[int] = []
    waiting = (each for page in found[-1:] for each in page.goroutines if each.state == "waiting")
    for each in waiting:
        last = schedule.last(Lane(LaneKind.GOROUTINE, each.number))
        if last is None or not last.to_the_end or not last.state.waiting or last.before_trace:
            continue
        if each.since_ns is not None and len(ahead) < _COMPARED:
            ahead.append(last.start_ns - each.since_ns - moments[-1])
    return median_low(ahead) if ahead else None
