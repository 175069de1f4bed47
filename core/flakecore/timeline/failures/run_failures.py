"""What failed in a run, and what follows of it for its tests, dumps and lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from flakecore.gotest import PackageRun
from flakecore.gotrace import Trace
from flakecore.timeline.dumps.case_dumps import CaseDump, case_dumps
from flakecore.timeline.failures.assertion_failures import reports_by_test
from flakecore.timeline.failures.attribution import attribute
from flakecore.timeline.failures.exit_time import exit_ns
from flakecore.timeline.failures.failing_calls import failing_calls
from flakecore.timeline.failures.failure import Failure
from flakecore.timeline.failures.failure_inputs import FailureInputs
from flakecore.timeline.failures.find_failures import find_failures
from flakecore.timeline.failures.test_lines import TestLines
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.output.line_bounds import line_bounds
from flakecore.timeline.output.output_lines import TIME_SOURCES, LineColumns, TimeSource
from flakecore.timeline.output.shown_output import shown_lines
from flakecore.timeline.test_spans import TestSpan, TestStatus


class RunFailures(NamedTuple):
    """The failures of a run, and its parts as they are with these.

    Attributes:
        failures: in the order of their times.
        tests: those without a result that a crash or a timeout ended have failed.
        dumps: one for each crash, in their order, then the others that are in the output.
        output: the lines that are shown, those of crashes and races with their true tests.
    """

    failures: tuple[Failure, ...]
    tests: tuple[TestSpan, ...]
    dumps: tuple[CaseDump, ...]
    output: LineColumns


def run_failures(
    run: PackageRun,
    trace: Trace | None,
    tree: GoroutineTree | None,
    tests: tuple[TestSpan, ...],
    output: LineColumns,
    index_of: NDArray[np.signedinteger],
    end_ns: int,
) -> RunFailures:
    """Return what failed in a run.

    Args:
        run: the test output.
        trace: its execution trace; None without one.
        tree: the goroutines of the trace by test; None without one.
        tests: the tests on the case's clock.
        output: all lines in order of time.
        index_of: (lines,), the place in that order of each position in the output.
        end_ns: when the tests ended, in nanoseconds since the case began.
    """
    unknown = TIME_SOURCES.index(TimeSource.UNKNOWN)

    def known_ns(position: int) -> int | None:
        at = index_of[position]
        return int(output.time[at]) if output.time_source[at] != unknown else None

    shown = shown_lines(output, index_of, run.crashes)
    dumps = case_dumps(run, tree, known_ns)
    inputs = FailureInputs(
        run=run,
        tests=tests,
        lines=TestLines(run),
        line_ns=lambda position: int(output.time[index_of[position]]),
        line_bounds=line_bounds(output, index_of),
        line_index=lambda position: shown.row_of(int(index_of[position])),
        calls=failing_calls(trace, tree) if trace is not None and tree is not None else {},
        tree=tree,
        end_ns=end_ns,
        exit_ns=exit_ns(trace, end_ns) if trace is not None else end_ns,
        dumps=dumps,
        reports=reports_by_test(run),
    )
    failures = find_failures(inputs)
    lines = shown.of(attribute(output, index_of, inputs, failures))
    return RunFailures(failures, _with_verdicts(tests, failures), dumps, lines)


def _with_verdicts(spans: Sequence[TestSpan], failures: Sequence[Failure]) -> tuple[TestSpan, ...]:
    """Return the tests, as failed those without a result that a crash or a timeout ended.

    A test that waits for a subtest that failed has failed with it.
    """
    failed = {failure.test for failure in failures if failure.test >= 0}
    for span in reversed(spans):
        if span.index in failed and span.parent >= 0:
            failed.add(span.parent)
    return tuple(
        replace(span, status=TestStatus.FAIL)
        if span.index in failed and span.status is TestStatus.UNFINISHED
        else span
        for span in spans
    )
