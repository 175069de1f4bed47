"""Which write of the trace printed which line of a case: by recorded writes, or by inference."""

from __future__ import annotations

from collections.abc import Sequence

from flakecore.bundle import Bundle, Kind
from flakecore.gotest import Stamps, read_writes
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.timeline.ancestry import Family
from flakecore.timeline.inferred import pair_lines
from flakecore.timeline.listing import Outline
from flakecore.timeline.placing import Printed
from flakecore.timeline.recorded import pair_packets
from flakecore.timeline.units import output_writes


def find_printed(
    bundle: Bundle, outline: Outline, trace: Trace, family: Family, goroutines: Sequence[int]
) -> tuple[Printed | None, tuple[Loss, ...]]:
    """Return what printed the lines of a case; None where nothing can tell.

    Args:
        bundle: where the case lies.
        outline: which one it is.
        trace: the case's; of a part of one nothing can be told.
        family: its goroutines, whose tests are those of the outline's run.
        goroutines: of each test, 0 where unknown.
    """
    run = outline.run
    if run is None or run.cached or not trace.whole or not len(run.lines):
        return None, ()
    writes = output_writes(trace)
    if not len(writes):
        return None, ()
    zero = None
    if trace.snapshots:
        first = trace.snapshots[0]
        zero = first.wall_ns - trace.clock.one_to_ns(first.tick)
    of_kind = {artefact.kind: artefact for artefact in outline.artefacts}
    losses: tuple[Loss, ...] = ()
    if Kind.WRITES in of_kind and Kind.OUTPUT in of_kind:
        recorded = of_kind[Kind.WRITES]
        packets = read_writes(bundle.read(recorded), where=recorded.name)
        losses = packets.losses
        if len(packets):
            output = bundle.read(of_kind[Kind.OUTPUT])
            pairs = pair_packets(
                run, writes, family, goroutines, zero, trace.complete, packets, output
            )
            return Printed(pairs, writes, family), losses
    zero = zero if run.stamps is not Stamps.LOCAL else None
    pairs = pair_lines(run, writes, family, goroutines, zero, trace.complete)
    return Printed(pairs, writes, family), losses
