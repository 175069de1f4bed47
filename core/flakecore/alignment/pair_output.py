"""Pairs the lines of a run with the writes of its trace: by recorded packets or by inference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flakecore.alignment.goroutine_tests import GoroutineTests
from flakecore.alignment.inferred_pairs import ending_crash, pair_lines
from flakecore.alignment.matching import Pairs
from flakecore.alignment.recorded_pairs import pair_packets
from flakecore.alignment.traced_writes import TracedWrites
from flakecore.alignment.units import OutputWrites, output_writes
from flakecore.bundle import Artefact, Bundle, Kind
from flakecore.gotest import PackageRun, Stamps, positions_of, read_writes
from flakecore.gotrace import Trace
from flakecore.loss import Loss
from flakecore.text.left_out import WORDS, is_left_out

MOST_LINES = 3_000_000
"""Lines that are paired at most: they take 0.3 kB each meanwhile (2.5 million, 84 bytes long), and
stamps give the times of more."""


@dataclass(frozen=True, slots=True)
class PairedOutput:
    """Lines of a run paired with writes of its trace.

    Attributes:
        pairs: the write of each line.
        writes: all writes that may have printed a line.
        tree: the test of each goroutine.
        has_gaps: whether creations of goroutines, and so the tests of some, are not recorded.
    """

    pairs: Pairs
    writes: OutputWrites
    tree: GoroutineTests
    has_gaps: bool = False


def pair_output(
    bundle: Bundle,
    run: PackageRun | None,
    artefacts: Sequence[Artefact],
    trace: Trace,
    tree: GoroutineTests,
    goroutines: Sequence[int],
) -> tuple[PairedOutput | None, tuple[Loss, ...]]:
    """Return the lines of a run paired with writes, and losses of the recorded packets.

    The pairs are None without a run, a whole trace, lines or writes.

    Args:
        bundle: holds the artefacts.
        run: whose lines are paired.
        artefacts: of the same case; recorded writes are among them where ``collect`` ran.
        trace: of the same case; a part of a trace gives no pairs.
        tree: the trace's goroutines, with tests numbered as in ``run``.
        goroutines: (tests,), the goroutine that ran each test; 0 if unknown.
    """
    if run is None or run.cached or not trace.whole or not len(run.lines):
        return None, ()
    if len(run.lines) > MOST_LINES:
        what = (
            f"which goroutine printed each of its {len(run.lines):,} lines is not worked out,"
            f" for they are more than {MOST_LINES:,}"
        )
        return None, (Loss(run.package or bundle.name, what),)
    texts = run.lines.texts
    if any(is_left_out(texts[at]) for at in positions_of(texts, (WORDS,))):
        what = "which goroutine printed each line is not worked out, for some lines are left out"
        return None, (Loss(run.package or bundle.name, what),)
    writes = output_writes(trace)
    if not len(writes):
        return None, ()
    zero_wall_ns = None
    if trace.snapshots:
        first = trace.snapshots[0]
        zero_wall_ns = first.wall_ns - trace.clock.one_to_ns(first.tick)
    stretches = trace.recorded if trace.starts_late or len(trace.recorded) > 1 else ()
    complete = trace.complete and ending_crash(run) is None
    traced = TracedWrites(writes, tree, goroutines, zero_wall_ns, complete, stretches)
    of_kind = {artefact.kind: artefact for artefact in artefacts}
    losses: tuple[Loss, ...] = ()
    if Kind.WRITES in of_kind and Kind.OUTPUT in of_kind:
        recorded = of_kind[Kind.WRITES]
        packets = read_writes(bundle.read(recorded), where=recorded.name)
        losses = packets.losses
        if len(packets):
            output = bundle.read(of_kind[Kind.OUTPUT])
            pairs = pair_packets(run, traced, packets, output)
            return PairedOutput(pairs, writes, tree, bool(stretches)), losses
    # Stamps without a time zone cannot be compared with the wall clock.
    comparable = run.stamps is not Stamps.LOCAL
    pairs = pair_lines(run, traced if comparable else replace(traced, zero_wall_ns=None))
    return PairedOutput(pairs, writes, tree, bool(stretches)), losses
