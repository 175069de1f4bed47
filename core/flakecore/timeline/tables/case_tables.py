"""Everything that a case holds, as tables: dicts of equally long numpy arrays.

``pandas.DataFrame(table)`` and ``polars.DataFrame(table)`` take each as it is. Nothing is left out
and nothing is cut: a table has a row for every wait, interval, event or line there is, so one of a
large trace takes memory accordingly: some 110 bytes an interval and 150 an event, and each of the
distinct texts once. A table is made anew by each call.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flakecore.gotrace import EventFilter, Trace
from flakecore.timeline.lanes.goroutine_tree import GoroutineTree
from flakecore.timeline.output.output_lines import OutputLines
from flakecore.timeline.tables.collections import collection_table
from flakecore.timeline.tables.columns import Table
from flakecore.timeline.tables.events import event_parts, event_table
from flakecore.timeline.tables.goroutines import goroutine_table
from flakecore.timeline.tables.intervals import interval_table, wait_table
from flakecore.timeline.tables.test_output import output_table, test_table
from flakecore.timeline.test_spans import TestSpan

TABLES = ("waits", "goroutines", "intervals", "output", "collections", "events", "tests")
"""Methods of ``CaseTables`` that return a table."""


@dataclass(frozen=True, slots=True, repr=False)
class CaseTables:
    """The tables of a case. ``Case.tables`` is how to get them.

    Times (``_ns``) are nanoseconds since the case began. ``function``, ``file`` and ``line`` are
    those of the frame of a stack that is the program's own (``flakecore.frames.own_frame``), "" and
    0 where it has none; ``stack`` is the whole of it, a frame a line as ``function file:line``, the
    innermost first. ``test`` and ``parent`` are rows of ``tests()``, -1 for none.

    Attributes:
        package: import path of the package under test.
        spans: its tests.
        lines: its output.
        trace, tree: what the runtime did, and who created whom; None without a trace.
        trace_bytes, trace_name: the trace's file, from which events are read.
    """

    package: str
    spans: Sequence[TestSpan]
    lines: OutputLines
    trace: Trace | None
    tree: GoroutineTree | None
    trace_bytes: memoryview | None
    trace_name: str

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.package or 'no package'}: {', '.join(TABLES)}>"

    def waits(self) -> Table:
        """Return every wait of every goroutine, by goroutine and then by time.

        A wait lasts from when the goroutine stopped until it was made runnable again.

        Columns:
            goroutine: int64, number of the goroutine that waits.
            start_ns: int64, when it began; of one that began before the trace, the trace's start.
            end_ns: int64, when it ended; of one that nothing ended, the trace's end.
            state: text, what it waits for: ``chan receive``, ``mutex``, ``sleep`` and so on.
            reason: text, the runtime's reason; "" where the trace has none.
            function: text, where it waits, the program's own frame.
            file: text, that frame's file.
            line: int32, that frame's line.
            stack: text, the whole stack.
            test: int32, the test that the goroutine belongs to by ancestry.
            system: bool, the goroutine is one of the runtime's own.
            waker: int64, goroutine that ended the wait; 0 where none did, as for a timer.
            wake_function: text, where the waker was, the program's own frame.
            wake_file: text, that frame's file.
            wake_line: int32, that frame's line.
            wake_stack: text, the whole stack.
            before_trace: bool, it waited already when the trace began.
            to_the_end: bool, nothing had ended it when the trace stopped.
        """
        return wait_table(self.trace, self.tree, self.package)

    def goroutines(self) -> Table:
        """Return every goroutine, by number.

        Columns:
            goroutine: int64, its number.
            start_function: text, function it was started with; "" if unknown.
            creator: int64, goroutine that created it; 0 where unknown, or the runtime.
            created_ns: int64, when; 0 where it was there before the trace.
            ended_ns: int64, when it ended; the trace's end where it was still there.
            to_the_end: bool, it was still there when the trace stopped.
            function: text, where its ``go`` statement stands, the program's own frame.
            file: text, that frame's file.
            line: int32, that frame's line.
            stack: text, the whole stack of the ``go`` statement.
            test: int32, the test that it belongs to by ancestry.
            system: bool, it is one of the runtime's own.
        """
        return goroutine_table(self.trace, self.tree, self.package)

    def intervals(self) -> Table:
        """Return every state of every goroutine, proc and thread, by lane and then by time.

        Columns:
            kind: text, kind of lane: ``G`` for goroutines, ``P`` for procs, ``M`` for threads.
            lane: int64, its number.
            start_ns: int64, when the state began.
            end_ns: int64, when it ended; the trace's end where nothing ended it.
            state: text, ``running``, ``runnable``, ``syscall``, ``chan receive`` and so on.
            reason: text, the runtime's reason for entering it; "" where it gives none.
            function: text, where the lane entered it, the program's own frame.
            file: text, that frame's file.
            line: int32, that frame's line.
            stack: text, the whole stack.
            goroutine: int64, goroutine of the lane over the interval; -1 for none.
            proc: int64, proc of the lane over the interval; -1 for none.
            thread: int64, thread of the lane over the interval; -1 for none.
            before_trace: bool, it was so already when the trace began.
            to_the_end: bool, nothing had ended it when the trace stopped.
        """
        return interval_table(self.trace, self.package)

    def output(self) -> Table:
        """Return every line of output, in the order in which they were printed.

        Columns:
            time_ns: int64, when it was printed; negative before the trace began.
            error_ns: int64, ns, how far off ``time_ns`` may be.
            known: text, how the time is known: ``exact``, ``bounded``, ``stamped``, ``unknown``.
            test: int32, the test that printed it.
            reported_test: int32, the test that ``go test`` reports it under.
            goroutine: int64, goroutine that printed it; 0 if unknown.
            file: text, source file of the call that printed it; "" if unknown.
            line: int32, line of that call; 0 if unknown.
            level: text, ``debug``, ``info``, ``warn``, ``error``, or ``none`` where it names none.
            text: text, the line without its newline, escape sequences and control characters.
        """
        return output_table(self.lines)

    def collections(self) -> Table:
        """Return every phase of a garbage collection and every stop of the world, by beginning.

        Columns:
            kind: text, ``cycle``, ``stop-the-world``, ``sweep`` or ``assist``.
            name: text, Go's name for it, with the reason for a stop of the world.
            start_ns: int64, when it began.
            end_ns: int64, when it ended.
            goroutine: int64, goroutine that began it; 0 for none.
            proc: int64, proc that it began on; -1 for none.
            function: text, where it began, the program's own frame.
            file: text, that frame's file.
            line: int32, that frame's line.
            stack: text, the whole stack.
        """
        return collection_table(self.trace, self.package)

    @property
    def _zero(self) -> int | None:
        return self.trace.clock.zero if self.trace is not None else None

    def events(self, selection: EventFilter | None = None) -> Table:
        """Return every event of the trace, in true order, or those that ``selection`` names.

        They are those of ``go tool trace -d=parsed``, under its names.

        Raises:
            TraceError: the trace's file has changed since the case was read.

        Columns:
            time_ns: int64, when it happened.
            thread: int64, thread that it happened on; -1 for none.
            proc: int64, proc that it happened on; -1 for none.
            goroutine: int64, goroutine that it happened on; -1 for none.
            event: text, its kind: ``StateTransition``, ``Metric``, ``RangeBegin`` and so on.
            subject: text, ``goroutine`` or ``proc`` that it is about; "" for none.
            number: int64, the subject's number; -1 for none.
            from_state: text, the subject's state before it; "" where it changes none.
            to_state: text, the subject's state after it; "" where it changes none.
            reason: text, reason for a stop or a wait; "" for none.
            name: text, name of a metric, range, label, task or region, category of a log, function
                of a created goroutine; "" for none.
            value: int64, value of a metric, bytes swept at the end of a sweep; -1 for others.
            reclaimed: int64, bytes reclaimed at the end of a sweep; -1 for others.
            task: int64, task of a task, region or log event; -1 for others.
            parent: int64, parent of a task; -1 for none.
            message: text, message of a log; "" for others.
            function: text, where it happened, the program's own frame.
            file: text, that frame's file.
            line: int32, that frame's line.
            stack: text, the whole stack.
        """
        return event_table(self.trace_bytes, self.trace_name, self.package, selection, self._zero)

    def event_parts(self, selection: EventFilter | None = None) -> Iterator[Table]:
        """Yield the rows of ``events`` a part of the trace at a time, the first part being empty.

        Raises:
            TraceError: the trace's file has changed since the case was read.
        """
        return event_parts(self.trace_bytes, self.trace_name, self.package, selection, self._zero)

    def tests(self) -> Table:
        """Return every test, in the order in which they began.

        Columns:
            name: text, full name, ``TestDrain/slow``.
            parent: int32, the test that ran it.
            attempt: int32, 1 for the first run of this name, 2 for the next.
            status: text, ``pass``, ``fail``, ``skip`` or ``unfinished``.
            start_ns: int64, when it began.
            end_ns: int64, when it ended; the case's end where it did not.
            paused_ns: int64, ns, how much of that it was paused by ``t.Parallel``.
            goroutine: int64, goroutine that ran it; 0 if unknown.
        """
        return test_table(self.spans)
