"""What did the runtime do? Execution trace bytes in; event columns and intervals out."""

from flakecore.gotrace.intervals import IntervalColumns, Intervals, LaneIntervals
from flakecore.gotrace.kinds import EventKind, Stand, Subject
from flakecore.gotrace.ranges import RangeColumns, RangeKind
from flakecore.gotrace.selection import Selection
from flakecore.gotrace.stacks import Frame, Stack, StackTable
from flakecore.gotrace.states import STATE_COUNT, State
from flakecore.gotrace.stream import EventStream, event_stream
from flakecore.gotrace.tables import ClockSnapshot
from flakecore.gotrace.telling import EventBlock
from flakecore.gotrace.trace import Creations, Metric, Trace, read_trace

__all__ = [
    "STATE_COUNT",
    "ClockSnapshot",
    "Creations",
    "EventBlock",
    "EventKind",
    "EventStream",
    "Frame",
    "IntervalColumns",
    "Intervals",
    "LaneIntervals",
    "Metric",
    "RangeColumns",
    "RangeKind",
    "Selection",
    "Stack",
    "StackTable",
    "Stand",
    "State",
    "Subject",
    "Trace",
    "event_stream",
    "read_trace",
]
