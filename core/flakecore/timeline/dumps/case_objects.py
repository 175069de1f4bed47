"""The objects pages of a case, on its clock.

A page has its moment on CLOCK_MONOTONIC and on the wall clock, and all its other times on the
former. Since Go 1.25 a trace has both too, and ties its own clock to the monotonic one exactly;
before, the wall clock ties them, as it does the output.
"""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.objects import ObjectsPage, read_pages
from flakecore.surprises import surprise
from flakecore.timeline.clock import Clock


def case_objects(
    bundle: Bundle, artefacts: Sequence[Artefact], trace: Trace | None, clock: Clock
) -> tuple[tuple[ObjectsPage, ...], tuple[Loss, ...]]:
    """Return the pages of a case, and what of them could not be read.

    Args:
        bundle: holds the artefacts.
        artefacts: those of the case.
        trace: its trace; None without one.
        clock: its clock. Where that has no wall clock, no page is ``timed``.
    """
    snapshot = trace.snapshots[0] if trace is not None and trace.snapshots else None

    def ahead(mono_ns: int, unix_ns: int) -> int | None:
        if snapshot is not None and trace is not None and mono_ns:
            return trace.clock.one_to_ns(snapshot.tick) - snapshot.mono_ns
        if clock.zero_wall_ns is None or not mono_ns or not unix_ns:
            return None
        return unix_ns - mono_ns - clock.zero_wall_ns

    pages: list[ObjectsPage] = []
    losses: list[Loss] = []
    for artefact in artefacts:
        if artefact.kind is not Kind.OBJECTS:
            continue
        try:
            found, lost = read_pages(bundle.read(artefact), name=artefact.name, offset=ahead)
        except Exception as error:
            losses.append(surprise(error, artefact.name))
            continue
        pages += found
        losses += lost
    return tuple(pages), tuple(losses)
