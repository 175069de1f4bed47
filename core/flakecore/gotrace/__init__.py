"""Go execution traces: bytes in; event columns, state intervals and stacks out."""

from flakecore.gotrace.annotations.metrics import Metric
from flakecore.gotrace.annotations.ranges import RangeColumns, RangeKind
from flakecore.gotrace.events.event_blocks import EventBlock
from flakecore.gotrace.events.event_filter import EventFilter
from flakecore.gotrace.events.event_kinds import EventKind, ResourceKind, ResourceState
from flakecore.gotrace.events.stream import EventStream
from flakecore.gotrace.format.stacks import Frame, Stack, StackTable
from flakecore.gotrace.format.tables import ClockSnapshot
from flakecore.gotrace.intervals.creations import Creations
from flakecore.gotrace.intervals.generation_totals import (
    CountedIntervals,
    GoroutineTotals,
    counted_intervals,
)
from flakecore.gotrace.intervals.intervals import IntervalColumns, Intervals, LaneIntervals
from flakecore.gotrace.intervals.retained_events import is_waiting
from flakecore.gotrace.intervals.states import STATE_COUNT, State
from flakecore.gotrace.trace import Trace
from flakecore.gotrace.trace_events import event_stream
from flakecore.gotrace.trace_file import TraceFile, open_trace, read_trace
from flakecore.gotrace.windows import joined_windows

__all__ = [
    "STATE_COUNT",
    "ClockSnapshot",
    "CountedIntervals",
    "Creations",
    "EventBlock",
    "EventFilter",
    "EventKind",
    "EventStream",
    "Frame",
    "GoroutineTotals",
    "IntervalColumns",
    "Intervals",
    "LaneIntervals",
    "Metric",
    "RangeColumns",
    "RangeKind",
    "ResourceKind",
    "ResourceState",
    "Stack",
    "StackTable",
    "State",
    "Trace",
    "TraceFile",
    "counted_intervals",
    "event_stream",
    "is_waiting",
    "joined_windows",
    "open_trace",
    "read_trace",
]
