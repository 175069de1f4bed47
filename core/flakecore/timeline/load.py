"""Reads the cases of a bundle: trace, test output, tests and failures on one clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flakecore.alignment.pair_output import PairedOutput, pair_output
from flakecore.alignment.system_calls import parallel_waits, result_times
from flakecore.bundle import Bundle, Kind
from flakecore.errors import TraceError
from flakecore.gotest import CrashKind, Lines, PackageRun, go_release
from flakecore.gotrace import Trace, open_trace
from flakecore.loss import Loss
from flakecore.timeline.case import Case
from flakecore.timeline.case_index import CaseEntry, list_cases
from flakecore.timeline.clock import ClockMethod, align
from flakecore.timeline.dumps.case_dumps import CaseDump, file_dumps
from flakecore.timeline.dumps.case_objects import case_objects
from flakecore.timeline.failures.failing_calls import goroutines_that_failed
from flakecore.timeline.failures.failure import Failure
from flakecore.timeline.failures.run_failures import run_failures
from flakecore.timeline.lanes.collections import Collections
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.lanes.schedule import Schedule
from flakecore.timeline.lanes.user_annotations import UserAnnotations
from flakecore.timeline.output.output_lines import OutputLines
from flakecore.timeline.output.output_placement import place_lines, stamps_of_writes
from flakecore.timeline.output.reported_times import laid_out
from flakecore.timeline.read_traces import Progress, read_traces, unseen
from flakecore.timeline.test_goroutines import pair_goroutines
from flakecore.timeline.test_spans import parents_of, place_tests
from flakecore.timeline.window_goroutines import pair_in_stretches, test_goroutines
from flakecore.timeline.windows import windows_of
from flakecore.times import MILLISECOND
from flakecore.unexpected_errors import loss_of_error

_AFTERMATH_NS = 100 * MILLISECOND
"""A test binary still writes profiles and its result once the trace has been stopped."""
_OUTPUT_AFTER_TRACE_NS = 1000 * MILLISECOND
"""Within this after the last window a process that timed out has printed its stacks. Chosen: the
window of a timeout is written at its panic, that before the deadline two seconds earlier."""


def load_cases(bundle: Bundle) -> tuple[Case, ...]:
    """Return all cases of a bundle: those with failures first, then in the bundle's order.

    What cannot be read is a loss of its case, or of the first case where it belongs to none.
    """
    cases = [load_case(bundle, entry) for entry in list_cases(bundle)]
    return tuple(sorted(cases, key=lambda case: not case.failures))


def load_case(
    bundle: Bundle,
    entry: CaseEntry,
    progress: Progress | None = None,
    *,
    totals: bool = False,
) -> Case:
    """Return one of the cases that ``list_cases`` names, its trace read.

    Args:
        bundle: where the case lies.
        entry: which one it is.
        progress: called while its trace is read.
        totals: its features will be asked for: what they need of its intervals is added up while
            the trace is read, as otherwise a large one is decoded twice.
    """
    traces = [artefact for artefact in entry.artefacts if artefact.kind is Kind.TRACE]
    began = entry.run.start_wall_ns if entry.run is not None else None
    trace, source, losses = read_traces(bundle, traces, began, progress, totals=totals)
    losses = (*losses, *unseen(bundle, entry, traces))
    if source is not None and trace is not None:
        name, data = source
        try:
            case = _whole_case(bundle, entry, trace, losses)
        except Exception as error:
            what = "its test output is shown without it"
            losses = (*losses, loss_of_error(error, name, what))
        else:
            return replace(case, trace_bytes=data, trace_name=name)
    try:
        return _whole_case(bundle, entry, None, losses)
    except Exception as error:
        name = entry.package or bundle.name
        losses = (*losses, loss_of_error(error, name, "neither its tests nor its output is shown"))
        return _whole_case(bundle, replace(entry, run=None), None, losses)


def _whole_case(
    bundle: Bundle, entry: CaseEntry, trace: Trace | None, losses: Sequence[Loss]
) -> Case:
    tests = entry.run.tests if entry.run is not None else ()
    if trace is None:
        goroutines = [0] * len(tests)
    elif trace.starts_late:
        goroutines = pair_in_stretches(trace, tests, test_goroutines(bundle, entry.artefacts))
    else:
        goroutines = pair_goroutines(trace, tests)
    return _make_case(bundle, entry, trace, goroutines, losses)


def load_part(
    bundle: Bundle, entry: CaseEntry, wall_ns: int, progress: Progress | None = None
) -> Case | None:
    """Return a case of which the trace has been read only around a moment.

    Everything outside that part is missing, as if the trace held no more: most tests' goroutines
    among it.

    Args:
        bundle: where the case lies.
        entry: which one it is.
        wall_ns: the moment, in nanoseconds of Unix time.
        progress: called while the trace is read from the archive.

    Returns:
        None where reading the whole takes no longer, or the trace cannot be read.
    """
    traces = [artefact for artefact in entry.artefacts if artefact.kind is Kind.TRACE]
    run = entry.run
    if run is None or not traces or windows_of(traces):
        return None
    try:
        file = open_trace(bundle.read(traces[0], progress), name=traces[0].name)
        since_start = wall_ns - run.start_wall_ns if run.start_wall_ns is not None else None
        index = file.generation_at(wall_ns, since_start) if file is not None else None
        if file is None or not file.large or index is None:
            return None
        trace = file.read(only=[index])
        goroutines = goroutines_that_failed(trace, run.tests)
        return _make_case(bundle, entry, trace, goroutines, trace.losses)
    except TraceError:
        return None
    except Exception as error:
        # Whoever reads the whole next reports what is wrong with it.
        loss_of_error(error, traces[0].name)
        return None


def _release_of(run: PackageRun | None) -> str:
    return go_release(run.crashes, run.races) if run is not None else ""


def _make_case(
    bundle: Bundle,
    entry: CaseEntry,
    trace: Trace | None,
    goroutines: Sequence[int],
    trace_losses: Sequence[Loss],
) -> Case:
    run = entry.run
    tests = run.tests if run is not None else ()
    tree = None
    if trace is not None:
        owners = {number: index for index, number in enumerate(goroutines) if number}
        tree = GoroutineTree(trace, owners)
    created = [_created_ns(tree, number) for number in goroutines]
    paired: PairedOutput | None = None
    if trace is not None and tree is not None:
        paired, losses = pair_output(bundle, run, entry.artefacts, trace, tree, goroutines)
        trace_losses = (*trace_losses, *losses)
    stamps = stamps_of_writes(run.lines, paired) if run is not None else None
    clock = align(trace, run, created, stamps)
    zero = clock.zero_wall_ns or 0

    def to_case(wall_ns: int) -> int:
        return wall_ns - zero

    lines = run.lines if run is not None else Lines.of(())
    names = [test.name for test in tests]
    output, index_of = place_lines(lines, paired, clock.zero_wall_ns, clock.error_ns, names)
    known = [int(output.time[0]), int(output.time[-1])] if len(lines) else []
    if run is not None and run.end_wall_ns is not None and clock.zero_wall_ns is not None:
        known.append(to_case(run.end_wall_ns))
    end_ns = _end(trace, run, max(known, default=0), clock.error_ns)
    laid: list[tuple[int, int]] | None = None
    running = {name: ns for crash in run.crashes for name, ns in crash.running} if run else {}
    if clock.method is ClockMethod.DURATIONS and run is not None:
        laid = laid_out(tests, parents_of(tests), running, run.elapsed_ns)
        end_ns = max([end_ns, run.elapsed_ns or 0, *(end for _, end in laid)])
    spans = place_tests(
        tests,
        goroutines,
        tree,
        result_times(trace) if trace is not None else {},
        parallel_waits(trace) if trace is not None else {},
        to_case,
        end_ns,
        laid,
        running,
        from_start=trace is None or not trace.starts_late,
    )
    failures: tuple[Failure, ...] = ()
    dumps: tuple[CaseDump, ...] = ()
    if run is not None:
        found = run_failures(run, trace, tree, spans, output, index_of, end_ns)
        failures, spans, dumps, output = found
    from_files, dump_losses = file_dumps(bundle, entry.artefacts, run, tree)
    schedule = Schedule(trace, tree) if trace is not None and tree is not None else None
    pages, page_losses = case_objects(bundle, entry.artefacts, schedule, _snapshot_ns(trace), clock)
    manifest = bundle.manifest
    return Case(
        package=entry.package,
        go_version=manifest.go if manifest is not None else _release_of(run),
        race=manifest.race if manifest is not None else None,
        start_ns=min(0, *known) if known else 0,
        end_ns=max(end_ns, *known) if known else end_ns,
        clock=clock,
        tests=spans,
        failures=failures,
        output=OutputLines(output, {span.index: span.parent for span in spans}),
        trace=trace,
        schedule=schedule,
        gc=Collections(trace) if trace is not None else None,
        crashes=run.crashes if run is not None else (),
        races=run.races if run is not None else (),
        losses=(*entry.losses, *trace_losses, *dump_losses, *page_losses),
        attempt=entry.attempt,
        artefacts=entry.artefacts,
        annotations=UserAnnotations(trace) if trace is not None else None,
        dumps=(*dumps, *from_files),
        elapsed_ns=run.elapsed_ns if run is not None else None,
        objects=pages,
    )


def _created_ns(tree: GoroutineTree | None, number: int) -> int | None:
    """Return when a test's goroutine was created; None if unknown, or before the trace began."""
    goroutine = tree.goroutine(number) if tree is not None and number else None
    if goroutine is None or goroutine.there_before:
        return None
    return goroutine.created_ns


def _snapshot_ns(trace: Trace | None) -> int | None:
    """Return what the trace adds to the monotonic clock; None where it has no snapshot of it."""
    if trace is None or not trace.snapshots:
        return None
    first = trace.snapshots[0]
    return trace.clock.one_to_ns(first.tick) - first.mono_ns


def _end(trace: Trace | None, run: PackageRun | None, known_ns: int, error_ns: int) -> int:
    """Return when the tests ended: with the trace, unless output is later than its end."""
    if trace is None:
        return known_ns
    timed_out = run is not None and any(crash.kind is CrashKind.TIMEOUT for crash in run.crashes)
    if trace.starts_late:
        at_its_end = timed_out and known_ns <= trace.end_ns + _OUTPUT_AFTER_TRACE_NS
        return trace.end_ns if at_its_end else max(trace.end_ns, known_ns)
    if timed_out or known_ns <= trace.end_ns + _AFTERMATH_NS + error_ns:
        return trace.end_ns
    return known_ns
