"""The inputs from which a package's failures are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flakecore.gotest import Message, PackageRun, read_messages, recognised
from flakecore.timeline.dumps.case_dumps import CaseDump
from flakecore.timeline.failures.failing_calls import FailingCall
from flakecore.timeline.failures.test_lines import TestLines
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.test_spans import TestSpan


@dataclass(frozen=True, slots=True)
class FailureInputs:
    """The inputs from which a package's failures are found.

    Attributes:
        run: its test output.
        tests: its tests on the case's clock, in the order of ``run.tests``.
        lines: what each test printed.
        line_ns: from a line's position in ``run.lines`` to its time in nanoseconds.
        line_bounds: from a line's position to two moments: its write had not ended at the first,
            and had begun at the second.
        line_index: from a line's position to its index in the case's output.
        calls: failing calls by test, where a trace has them.
        tree: goroutines and their tests, where there is a trace.
        end_ns: when the tests ended.
        exit_ns: when they were ended by ``os.Exit``, if they were.
        dumps: in the output: one for each crash, in their order, then those that were printed.
        reports: by test, what test frameworks reported of their own.
    """

    run: PackageRun
    tests: Sequence[TestSpan]
    lines: TestLines
    line_ns: Callable[[int], int]
    line_bounds: Callable[[int], tuple[int, int]]
    line_index: Callable[[int], int]
    calls: Mapping[int, Sequence[FailingCall]]
    tree: GoroutineTree | None
    end_ns: int
    exit_ns: int
    dumps: Sequence[CaseDump] = ()
    reports: Mapping[int, Sequence[Message]] = field(default_factory=dict)

    def messages(self, test: int) -> tuple[Message, ...]:
        """Return what a test printed with ``t.Error``, ``t.Log`` and their kin, in order."""
        return recognised(read_messages(self.lines.message_lines(test)))

    def name(self, test: int) -> str:
        """Return the name of a test, or of the package where there is none."""
        return self.tests[test].name if test >= 0 else self.run.package

    def test_of(self, goroutines: Iterable[int], otherwise: int) -> int:
        """Return the test that the first of these goroutines with a test belongs to."""
        if self.tree is not None:
            for number in goroutines:
                test = self.tree.test_of(number)
                if test >= 0:
                    return test
        return otherwise

    def line_within(self, position: int) -> int:
        """Return the time of a line, which the tests printed before they ended."""
        return min(self.line_ns(position), self.end_ns)
