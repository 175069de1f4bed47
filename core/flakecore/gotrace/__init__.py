"""What did the runtime do? Execution trace bytes in; event columns and intervals out."""

from flakecore.gotrace.creations import Creations
from flakecore.gotrace.intervals import IntervalColumns, Intervals, LaneIntervals
from flakecore.gotrace.kinds import EventKind, Stand, Subject
from flakecore.gotrace.metrics import Metric
from flakecore.gotrace.ranges import RangeColumns, RangeKind
from flakecore.gotrace.reading import TraceFile, open_trace, read_trace
from flakecore.gotrace.salient import is_waiting
from flakecore.gotrace.selection import Selection
from flakecore.gotrace.stacks import Frame, Stack, StackTable
from flakecore.gotrace.states import STATE_COUNT, State
from flakecore.gotrace.stream import EventStream, event_stream
from flakecore.gotrace.tables import ClockSnapshot
from flakecore.gotrace.telling import EventBlock
from flakecore.gotrace.trace import Trace

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
    "TraceFile",
    "event_stream",
    "is_waiting",
    "open_trace",
    "read_trace",
]
